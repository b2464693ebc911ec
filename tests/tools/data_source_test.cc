#include "tools/train/data_source.h"

#include <boost/test/unit_test.hpp>

#include "engine/tensor/format.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// Four files laid out like MNIST, of so many images of one pixel, all of one class.
void write_set(const TempFolder& folder, const std::string& part, char count, char label = 0) {
  const std::string images{0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 1};
  const std::string labels{0, 0, 8, 1, 0, 0, 0, count};
  const auto size = static_cast<std::size_t>(count);
  folder.write(part + "-images-idx3-ubyte", images + std::string(size, '\0'));
  folder.write(part + "-labels-idx1-ubyte", labels + std::string(size, label));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_set_without_rows_is_refused) {
  const TempFolder folder;
  write_set(folder, "train", 0);
  write_set(folder, "t10k", 2);
  BOOST_TEST(refusal([&] { tools::load_data("mnist", {.folder = folder.path()}); }) ==
             "[train] the training part of mnist has no rows");
  write_set(folder, "train", 2);
  BOOST_TEST(tools::load_data("mnist", {.folder = folder.path()}).train.size() == 2);
  write_set(folder, "t10k", 0);
  BOOST_TEST(refusal([&] { tools::load_data("mnist", {.folder = folder.path()}); }) ==
             "[train] the test part of mnist has no rows");
}

// By its name and a folder, and by one of its files.
BOOST_AUTO_TEST_CASE(a_set_of_images_has_files_of_known_names) {
  const TempFolder folder;
  write_set(folder, "emnist-letters-train", 3, 26);
  write_set(folder, "emnist-letters-test", 2, 1);
  const std::string file = folder.path() + "/emnist-letters-test-images-idx3-ubyte";
  for (const nn::Split& parts :
       {tools::load_data("emnist-letters", {.folder = folder.path()}), tools::load_data(file)}) {
    BOOST_TEST(parts.train.size() == 3);
    BOOST_TEST(parts.test.size() == 2);
    BOOST_TEST(parts.train.classes == 26);
    BOOST_TEST(parts.train.class_name(25) == "Z");
  }
  BOOST_TEST(refusal([&] { tools::load_data(file, {.target = "0"}); }) ==
             "--target is for CSV files, and --data is " + file);
}

// The columns of a table may be called 0 and 1, and count from 0 where they are not.
BOOST_AUTO_TEST_CASE(a_target_is_a_name_or_a_number) {
  const TempFolder folder;
  const std::string text = "7,1.5\n7,2.5\n8,3.5\n8,4.5\n7,1.25\n8,2.25\n7,1\n8,2\n7,3\n8,4\n";
  const std::string plain = folder.write("plain.csv", text);
  const std::string named = folder.write("named.csv", "kind,size\n" + text);
  for (const auto& [file, target] :
       {std::pair(plain, "0"), {plain, "-2"}, {named, "kind"}, {named, "0"}}) {
    const nn::Split parts = tools::load_data(file, {.target = target});
    BOOST_TEST(parts.train.classes == 2);
    BOOST_TEST(parts.train.class_name(1) == "8");
    BOOST_TEST(parts.train.inputs.dtype() == DType::f32);
    BOOST_TEST(parts.train.size() + parts.test.size() == 10);
  }
  BOOST_TEST(refusal([&] { tools::load_data(plain, {.target = "2"}); }) ==
             "[csv] " + plain + ": has no label column 2 among its 2; expected -2 to 1");
}
