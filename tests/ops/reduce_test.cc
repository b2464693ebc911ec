#include "ops/reduce/reduce.h"

#include <cmath>
#include <limits>

#include "ops/reduce/cumsum.h"
#include "ops/reduce/extremes.h"
#include "ops/reduce/product.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {
const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();
const Tensor kX = tensor({{1, 2, 3}, {4, 5, 9}}, DType::f64);
}  // namespace

BOOST_AUTO_TEST_CASE(axes_are_one_several_or_all) {
  check_values(sum(kX), {}, {24});
  check_values(sum(kX, {.axis = 0}), {3}, {5, 7, 12});
  check_values(sum(kX, {.axis = -1, .keepdims = true}), {2, 1}, {6, 18});
  check_values(sum(kX, {.axis = {0, 1}, .keepdims = true}), {1, 1}, {24});
  check_values(sum(kX, {.axis = std::vector<int>{}}), {2, 3}, {1, 2, 3, 4, 5, 9});
  check_values(sum(full({}, 3)), {}, {3});
}

BOOST_AUTO_TEST_CASE(means_and_spreads) {
  check_values(mean(kX, {.axis = 1}), {2}, {2, 6});
  check_values(var(kX, {.axis = 1}), {2}, {1, 7});
  check_values(var(kX, {.axis = 1, .correction = 0}), {2}, {2.0 / 3, 14.0 / 3});
  check_values(tapestry::std(kX, {.axis = 1, .keepdims = true}), {2, 1}, {1, std::sqrt(7.0)});
  BOOST_TEST(std::isnan(mean(zeros({0})).item()));
  BOOST_TEST(std::isnan(var(ones({1})).item()));
  BOOST_TEST(error_of([] { mean(zeros({2}, DType::boolean)); }) ==
             "[mean] x is boolean; it must be f32 or f64: convert with .to()");
}

BOOST_AUTO_TEST_CASE(products) {
  check_values(prod(kX, {.axis = 0}), {3}, {4, 10, 27});
  check_values(prod(zeros({0, 2}), {.axis = 0}), {2}, {1, 1});
  BOOST_TEST(prod(kX.to(DType::i64)).dtype() == DType::i64);
  // Derivatives where elements are 0: one in the first row, two in the second.
  Tape tape;
  const Tensor x = tape.variable(tensor({{2, 0, 3, 5}, {0, 7, 0, 1}}, DType::f64));
  check_values(gradient(sum(prod(x, {.axis = 1})), x), {2, 4}, {0, 30, 0, 0, 0, 0, 0, 0});
  const Tensor none = tape.variable(zeros({0, 3}));
  BOOST_TEST(gradient(sum(prod(none, {.axis = 0})), none).shape() == (Shape{0, 3}));
}

BOOST_AUTO_TEST_CASE(extremes_and_their_places) {
  const Tensor x = tensor({{3, 7, 7}, {-kInf, -2, 0}}, DType::f64);
  check_values(max(x, {.axis = 1}), {2}, {7, 0});
  check_values(min(x, {.axis = 0}), {3}, {-kInf, -2, 0});
  check_values(argmax(x, {.axis = 1}), {2}, {1, 2});
  check_values(argmax(x, {.axis = 0, .keepdims = true}), {1, 3}, {0, 0, 0});
  check_values(argmin(x), {}, {3});
  check_values(argmax(transpose(x), {.keepdims = true}), {1, 1}, {2});
  BOOST_TEST(max(kX.to(DType::i64)).dtype() == DType::i64);
  check_values(max(tensor({{0, 0}, {1, 0}}).to(DType::boolean), {.axis = 1}), {2}, {0, 1});
  BOOST_TEST(max(full({3}, -kInf)).item() == -kInf);
}

BOOST_AUTO_TEST_CASE(nan_wins) {
  for (int place : {0, 1, 5, 40, 99}) {
    std::vector<double> values(100);
    for (int i = 0; i < 100; ++i) values[static_cast<std::size_t>(i)] = i % 7;
    values[static_cast<std::size_t>(place)] = kNan;
    const Tensor x = from_vector(values, {100});
    BOOST_TEST(std::isnan(max(x).item()));
    BOOST_TEST(std::isnan(min(x).item()));
    BOOST_TEST(argmax(x).item() == place);
    BOOST_TEST(argmin(x).item() == place);
  }
}

BOOST_AUTO_TEST_CASE(extremes_are_found_wherever_they_lie) {
  for (const DType dtype : {DType::f32, DType::f64, DType::i64})
    for (const std::int64_t n : {1, 15, 17, 1023, 1040, 40000})
      for (const std::int64_t place : {std::int64_t{0}, n / 2, n - 1}) {
        std::vector<double> numbers(static_cast<std::size_t>(n), -1);
        numbers[static_cast<std::size_t>(place)] = 7;
        const Tensor x = from_vector(numbers, {n}).to(dtype);
        BOOST_TEST(max(x).item() == 7);
        BOOST_TEST(min(-x).item() == -7);
        if (dtype == DType::i64) continue;
        const Tensor spoilt = masked_fill(x, x == 7, std::nan(""));
        BOOST_TEST(std::isnan(max(spoilt).item()));
        BOOST_TEST(std::isnan(min(spoilt).item()));
      }
}

BOOST_AUTO_TEST_CASE(equal_extremes_share_evenly) {
  Tape tape;
  const Tensor x = tape.variable(tensor({{1, 4, 4}, {4, 2, 0}}));
  check_values(gradient(max(x), x), {2, 3}, {0, 1.0F / 3, 1.0F / 3, 1.0F / 3, 0, 0});
  check_values(gradient(sum(max(x, {.axis = 1})), x), {2, 3}, {0, 0.5, 0.5, 1, 0, 0});
  check_values(gradient(sum(min(x, {.axis = 0})), x), {2, 3}, {1, 0, 0, 0, 1, 1});
}

BOOST_AUTO_TEST_CASE(truth) {
  const Tensor x = tensor({{0, 2}, {0, 0}});
  check_values(any(x, {.axis = 1}), {2}, {1, 0});
  check_values(all(x + 1, {.axis = 0, .keepdims = true}), {1, 2}, {1, 1});
  check_values(all(x), {}, {0});
  check_values(any(zeros({0})), {}, {0});
  check_values(all(zeros({0})), {}, {1});
  BOOST_TEST(any(x).dtype() == DType::boolean);
  BOOST_TEST(any(full({1}, kNan)).item() == 1);
}

BOOST_AUTO_TEST_CASE(running_sums) {
  check_values(cumsum(kX, 0), {2, 3}, {1, 2, 3, 5, 7, 12});
  check_values(cumsum(kX, -1), {2, 3}, {1, 3, 6, 4, 9, 18});
  BOOST_TEST(cumsum(kX.to(DType::boolean), 0).dtype() == DType::i64);
  BOOST_TEST(cumsum(zeros({0, 3}), 0).shape() == (Shape{0, 3}));
  Tape tape;
  const Tensor x = tape.variable(ones({3}));
  check_values(gradient(sum(cumsum(x, 0) * tensor({1, 10, 100})), x), {3}, {111, 110, 100});
}

BOOST_AUTO_TEST_CASE(strides_do_not_matter) {
  const Tensor x = numbers({3, 4, 5});
  for (const Tensor& y : strided_copies(x)) {
    for (int axis : {0, 1, 2}) {
      BOOST_TEST(same_bits(max(x, {.axis = axis}), max(y, {.axis = axis})));
      BOOST_TEST(same_bits(argmin(x, {.axis = axis}), argmin(y, {.axis = axis})));
      BOOST_TEST(same_bits(cumsum(x, axis), cumsum(y, axis)));
      BOOST_TEST(same_bits(any(x > 1, {.axis = axis}), any(y > 1, {.axis = axis})));
      BOOST_TEST(distance(prod(x, {.axis = axis}), prod(y, {.axis = axis})) < 1e-15);
    }
  }
  BOOST_TEST(max(broadcast_to(full({}, 3), {4, 5})).item() == 3);
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({2, 3, 5});
  check_derivatives([](const auto& in) { return mean(in[0], {.axis = {0, 2}}); }, {x});
  check_derivatives(
      [](const auto& in) { return tapestry::std(in[0], {.axis = 1, .keepdims = true}); }, {x});
  check_derivatives([](const auto& in) { return prod(in[0], {.axis = {0, 2}}); }, {x});
  check_derivatives([](const auto& in) { return prod(in[0], {.axis = 1, .keepdims = true}); },
                    {where(x > 1, 0.0, x)});
  check_derivatives([](const auto& in) { return max(in[0], {.axis = -1}); }, {x});
  check_derivatives([](const auto& in) { return cumsum(in[0], 1); }, {x});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  Rng rng(3);
  const Tensor x = randn({700, 600}, rng);
  for (const Tensor& y : {x, transpose(x)}) {
    check_threads([&] { return prod(y, {.axis = 0}); });
    check_threads([&] { return var(y); });
    check_threads([&] { return max(y, {.axis = 1}); });
    check_threads([&] { return argmax(y, {.axis = 0}); });
    check_threads([&] { return cumsum(y, 1); });
    check_threads([&] { return all(y, {.axis = 0}); });
  }
  for (const std::int64_t columns : {3, 40, 100, 256, 300}) {  // few: they are cut narrower
    const Tensor tall = randn({2000, columns}, rng);
    check_threads([&] { return sum(tall, {.axis = 0}); });
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] {
               sum(zeros({2, 3}), {.axis = 2});
             }) == "[sum] axis 2 is out of range for rank 2; it must lie in [-2, 1]");
  BOOST_TEST(error_of([] {
               prod(zeros({2, 3}), {.axis = {1, -1}});
             }) == "[prod] axis -1 is named twice in (1, -1); name each axis once");
  BOOST_TEST(error_of([] {
               max(zeros({0, 3}), {.axis = 0});
             }) ==
             "[max] axis 0 of shape (0, 3) has no elements; at least one is needed to choose from");
  BOOST_TEST(
      error_of([] { argmin(zeros({0})); }) ==
      "[argmin] axis 0 of shape (0,) has no elements; at least one is needed to choose from");
  BOOST_TEST(max(zeros({0, 3}), {.axis = 1}).shape() == (Shape{0}));
}
