#include "tools/train/data_source.h"

#include <boost/test/unit_test.hpp>

#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// Four files laid out like MNIST, of so many images of one pixel, all of class 0.
void write_set(const TempFolder& folder, const std::string& part, char count) {
  const std::string images{0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 1};
  const std::string labels{0, 0, 8, 1, 0, 0, 0, count};
  const std::string zeros(static_cast<std::size_t>(count), '\0');
  folder.write(part + "-images-idx3-ubyte", images + zeros);
  folder.write(part + "-labels-idx1-ubyte", labels + zeros);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_set_without_rows_is_refused) {
  const TempFolder folder;
  write_set(folder, "train", 0);
  write_set(folder, "t10k", 2);
  BOOST_TEST(refusal([&] { tools::load_data("mnist", folder.path()); }) ==
             "[train] the training part of mnist has no rows");
  write_set(folder, "train", 2);
  BOOST_TEST(tools::load_data("mnist", folder.path()).train.size() == 2);
  write_set(folder, "t10k", 0);
  BOOST_TEST(refusal([&] { tools::load_data("mnist", folder.path()); }) ==
             "[train] the test part of mnist has no rows");
}
