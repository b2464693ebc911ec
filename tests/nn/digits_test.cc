#include "nn/data/digits.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <vector>

#include "engine/tensor/format.h"

namespace tapestry::nn {
namespace {

using Numbers = std::vector<double>;

BOOST_AUTO_TEST_CASE(digits_are_1797_images_of_64_pixels) {
  const Dataset digits = load_digits();
  BOOST_TEST(digits.inputs.shape() == Shape({1797, 64}));
  BOOST_TEST(digits.inputs.dtype() == DType::f32);
  BOOST_TEST(digits.labels.shape() == Shape({1797}));
  BOOST_TEST(digits.labels.dtype() == DType::i64);
  BOOST_TEST(digits.classes == 10);
  BOOST_TEST(digits.name == "digits");
}

BOOST_AUTO_TEST_CASE(digits_begin_with_a_zero) {
  const Dataset digits = load_digits();
  Numbers pixels = digits.inputs.to_vector();
  pixels.resize(16);
  for (double& pixel : pixels) pixel *= 16;
  BOOST_TEST(pixels == (Numbers{0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(digits.labels.to_vector().front() == 0);
}

BOOST_AUTO_TEST_CASE(pixels_lie_between_0_and_1) {
  const Numbers pixels = load_digits().inputs.to_vector();
  const auto [least, most] = std::minmax_element(pixels.begin(), pixels.end());
  BOOST_TEST(*least == 0);
  BOOST_TEST(*most == 1);
}

// As the makers of the set report it.
BOOST_AUTO_TEST_CASE(every_digit_occurs_as_often_as_published) {
  std::vector<int> count(10);
  for (const double label : load_digits().labels.to_vector())
    ++count[static_cast<std::size_t>(label)];
  BOOST_TEST(count == (std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(digits_are_found_from_any_folder) {
  std::filesystem::current_path("/");
  BOOST_TEST(load_digits().size() == 1797);
}

}  // namespace
}  // namespace tapestry::nn
