#include "nn/data/standardize.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/tensor/factory.h"
#include "engine/tensor/format.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
using namespace detail;
namespace {

using Numbers = std::vector<double>;

Dataset column(const Numbers& numbers, DType dtype) {
  const auto rows = static_cast<std::int64_t>(numbers.size());
  return {"", from_vector(numbers, {rows, 1}).to(dtype), zeros({rows}, DType::i64), 1};
}

// The numbers of one feature on the scale of their own.
Numbers standard(const Numbers& numbers, DType dtype) {
  const Dataset set = column(numbers, dtype);
  const Dataset result = standardized(set, feature_scale(set));
  BOOST_TEST(result.inputs.dtype() == DType::f32);
  return result.inputs.to_vector();
}

void check_near(const Numbers& seen, const Numbers& expected) {
  BOOST_REQUIRE(seen.size() == expected.size());
  for (std::size_t i = 0; i < seen.size(); ++i) BOOST_TEST(std::abs(seen[i] - expected[i]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(features_are_measured_by_mean_and_deviation) {
  const Dataset set{"", tensor({{1, 7, -2}, {5, 7, 2}}), tensor({0, 1}, DType::i64), 2};
  const FeatureScale scale = feature_scale(set);
  BOOST_TEST(scale.mean.to_vector() == (Numbers{3, 7, 0}), boost::test_tools::per_element());
  BOOST_TEST(scale.deviation.to_vector() == (Numbers{2, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(both_parts_are_put_on_the_scale_of_the_training_part) {
  const Tensor one = tensor({0}, DType::i64), two = tensor({0, 1}, DType::i64);
  const Split parts =
      standardized({{"", tensor({{1, 7}, {5, 7}}), two, 2}, {"", tensor({{7, 9}}), one, 2}});
  BOOST_TEST(parts.train.inputs.to_vector() == (Numbers{-1, 0, 1, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(parts.test.inputs.to_vector() == (Numbers{2, 2}), boost::test_tools::per_element());
  BOOST_TEST(parts.train.labels.to_vector() == (Numbers{0, 1}), boost::test_tools::per_element());
}

// 0.1 is not exact in binary: its mean over many rows is off by rounding, which is no spread.
BOOST_AUTO_TEST_CASE(a_constant_feature_becomes_0) {
  const Dataset set{"", full({1000, 1}, 0.1), zeros({1000}, DType::i64), 1};
  for (const double x : standardized(set, feature_scale(set)).inputs.to_vector())
    BOOST_TEST(x == 0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_standardized_is_refused) {
  const Tensor labels = tensor({0, 1}, DType::i64);
  const Dataset whole{"", tensor({{1, 2}, {3, 4}}, DType::i64), labels, 2};
  const Dataset table{"", tensor({{1, 2}, {3, 4}}), labels, 2};
  BOOST_TEST(refusal([&] { feature_scale(whole); }) ==
             "[standardize] the inputs are i64 of shape (2, 2); expected f32 or f64 of shape "
             "(rows, features)");
  BOOST_TEST(refusal([&] { feature_scale(table.subset({})); }) ==
             "[standardize] there are no rows to measure");
  BOOST_TEST(refusal([&] {
               standardized(table, {zeros({3}), ones({3})});
             }) ==
             "[standardize] the inputs have shape (2, 2); expected 3 features, as the scale has");
  BOOST_TEST(refusal([&] {
               standardized(table, {zeros({2}), zeros({2})});
             }) == "[standardize] the deviation of feature 0 is 0; expected a number above 0");
}

// Mean and deviation of a, 2a, 3a do not depend on a, however small or large it is.
BOOST_AUTO_TEST_CASE(the_size_of_the_numbers_does_not_matter) {
  const double outer = std::sqrt(1.5);
  for (const double a : {1e-37, 1e-10, 1.0, 1e30, 1e38}) {
    check_near(standard({a, 2 * a, 3 * a}, DType::f32), {-outer, 0, outer});
    check_near(standard({-a, 0, a}, DType::f32), {-outer, 0, outer});
  }
  for (const double a : {1e-300, 1e-160, 1e160, 5e307}) {
    check_near(standard({a, 2 * a, 3 * a}, DType::f64), {-outer, 0, outer});
    check_near(standard({-a, 0, a}, DType::f64), {-outer, 0, outer});
  }
}

BOOST_AUTO_TEST_CASE(finite_numbers_stay_finite) {
  const double tiny32 = 1e-45, tiny64 = std::numeric_limits<double>::denorm_min();
  const double huge32 = 3e38, huge64 = std::numeric_limits<double>::max();
  const std::vector<std::pair<Numbers, DType>> cases{
      {{tiny32, 2 * tiny32, 3 * tiny32}, DType::f32}, {{tiny32, 0, 0}, DType::f32},
      {{huge32, -huge32, huge32}, DType::f32},        {{huge32, huge32, huge32}, DType::f32},
      {{tiny64, 2 * tiny64, 0}, DType::f64},          {{tiny64, 0, 0}, DType::f64},
      {{huge64, -huge64, huge64}, DType::f64},        {{huge64, huge64, huge64}, DType::f64},
      {{huge64, tiny64, -tiny64}, DType::f64},
  };
  for (const auto& [numbers, dtype] : cases)
    for (const double z : standard(numbers, dtype)) BOOST_TEST(std::isfinite(z));
}

// A feature that hardly moves in the training part may leap in the other.
BOOST_AUTO_TEST_CASE(what_lies_beyond_f32_is_its_largest_number) {
  const FeatureScale scale = feature_scale(column({0, 1e-300}, DType::f64));
  const Numbers far = standardized(column({1e300, -1e300}, DType::f64), scale).inputs.to_vector();
  const double largest = std::numeric_limits<float>::max();
  BOOST_TEST(far == (Numbers{largest, -largest}), boost::test_tools::per_element());
}

// In f32, 1700000000 + i is one number for all i < 64.
BOOST_AUTO_TEST_CASE(time_stamps_in_f64_are_told_apart) {
  Numbers seconds;
  for (int i = 0; i < 64; ++i) seconds.push_back(1'700'000'000.0 + i);
  const Numbers z = standard(seconds, DType::f64);
  const double deviation = std::sqrt((64.0 * 64.0 - 1) / 12);
  for (int i = 0; i < 64; ++i)
    BOOST_TEST(std::abs(z[static_cast<std::size_t>(i)] - (i - 31.5) / deviation) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_constant_feature_of_f64_becomes_0) {
  for (const double z : standard(Numbers(1000, 0.1), DType::f64)) BOOST_TEST(z == 0);
}

}  // namespace
}  // namespace tapestry::nn
