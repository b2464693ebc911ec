#include "ops/reduce/softmax.h"

#include <cmath>
#include <limits>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {
const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

// By definition, in double, along the last axis.
Tensor plain_softmax(const Tensor& x) {
  return exp(x) / sum(exp(x), {.axis = -1, .keepdims = true});
}
}  // namespace

BOOST_AUTO_TEST_CASE(values) {
  for (const std::int64_t n : {1, 3, 8, 10, 16, 17, 33, 1000, 5000}) {
    const Tensor x = numbers({3, n}, static_cast<std::uint64_t>(n));
    BOOST_TEST(distance(softmax(x), plain_softmax(x)) < 1e-14);
    BOOST_TEST(distance(log_softmax(x), log(plain_softmax(x))) < 1e-14);
    BOOST_TEST(distance(logsumexp(x, {.axis = 1}), log(sum(exp(x), {.axis = 1}))) < 1e-14);
    const Tensor narrow = x.to(DType::f32);
    BOOST_TEST(distance(softmax(narrow).to(DType::f64), plain_softmax(x)) < 1e-6);
    BOOST_TEST(distance(log_softmax(narrow).to(DType::f64), log(plain_softmax(x))) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(large_numbers_do_not_overflow) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = tensor({1e4, 1e4, -1e4}, dtype);
    check_values(softmax(x), {3}, {0.5, 0.5, 0});
    BOOST_TEST(std::abs(logsumexp(x).item() - (1e4 + std::log(2))) < 1e-2);
    BOOST_TEST(log_softmax(x).to_vector()[2] < -1.99e4);
  }
}

BOOST_AUTO_TEST_CASE(infinities) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor masked = tensor({{0, -kInf, 0}, {-kInf, 5, -kInf}}, dtype);
    check_values(softmax(masked), {2, 3}, {0.5, 0, 0.5, 0, 1, 0});
    BOOST_TEST(log_softmax(masked).to_vector()[1] == -kInf);
    const Tensor none = full({40}, -kInf, dtype);
    BOOST_TEST(logsumexp(none).item() == -kInf);
    BOOST_TEST(std::isnan(softmax(none).to_vector()[39]));
    BOOST_TEST(logsumexp(tensor({kInf, 1}, dtype)).item() == kInf);
    for (int place : {0, 20, 39}) {
      std::vector<double> values(40, 1);
      values[static_cast<std::size_t>(place)] = kNan;
      const Tensor x = from_vector(values, {40}).to(dtype);
      BOOST_TEST(std::isnan(logsumexp(x).item()));
      BOOST_TEST(std::isnan(softmax(x).to_vector()[7]));
    }
    BOOST_TEST(logsumexp(zeros({0}, dtype)).item() == -kInf);
    Tape tape;
    const Tensor x = tape.variable(tensor({{-kInf, -kInf}, {-kInf, 2}}, dtype));
    check_values(gradient(sum(logsumexp(x, {.axis = 1})), x), {2, 2}, {0, 0, 0, 1});
    const Tensor last = slice(log_softmax(x), {{1, 2}, {1, 2}});
    check_values(slice(gradient(last, x), 0, 1, 2), {1, 2}, {0, 0});
  }
}

// Neither the value nor the gradient of a row with NaN is a number; other rows do not notice.
BOOST_AUTO_TEST_CASE(nan_stays_nan) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = tensor({{1, kNan, 2}, {1, 2, 4}}, dtype);
    const Tensor w = tensor({{1, 2, 3}, {4, 5, 6}}, dtype);
    for (const Function& f : {Function([](const Tensor& a) { return softmax(a); }),
                              Function([](const Tensor& a) { return log_softmax(a); })}) {
      const Tensor g = grad([&](const Tensor& a) { return sum(f(a) * w); })(x);
      for (const Tensor& y : {f(x), g})
        check_values(isfinite(y), {2, 3}, {0, 0, 0, 1, 1, 1});
    }
  }
}

BOOST_AUTO_TEST_CASE(any_axis_any_strides) {
  const Tensor x = numbers({3, 4, 5});
  const Tensor by_hand = exp(x) / sum(exp(x), {.axis = 1, .keepdims = true});
  BOOST_TEST(distance(softmax(x, 1), by_hand) < 1e-14);
  BOOST_TEST(distance(softmax(x, {.axis = -2}), by_hand) < 1e-14);
  for (const Tensor& y : strided_copies(x)) {
    for (int axis : {0, 1, 2}) {
      BOOST_TEST(same_bits(softmax(x, axis), softmax(y, axis)));
      BOOST_TEST(same_bits(log_softmax(x, axis), log_softmax(y, axis)));
      BOOST_TEST(same_bits(logsumexp(x, {.axis = axis}), logsumexp(y, {.axis = axis})));
    }
  }
  check_values(softmax(zeros({2, 0})), {2, 0}, {});
  check_values(softmax(broadcast_to(zeros({}), {2, 2})), {2, 2}, {0.5, 0.5, 0.5, 0.5});
  BOOST_TEST(logsumexp(x, {.axis = {0, 2}, .keepdims = true}).shape() == (Shape{1, 4, 1}));
  BOOST_TEST(distance(logsumexp(x, {.axis = {0, 2}}), log(sum(exp(x), {.axis = {0, 2}}))) < 1e-14);
  BOOST_TEST(logsumexp(full({}, 3)).item() == 3);
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({3, 2, 4});
  for (int axis : {0, 2}) {
    check_derivatives([=](const auto& in) { return softmax(in[0], axis); }, {x});
    check_derivatives([=](const auto& in) { return log_softmax(in[0], axis); }, {x});
    check_derivatives([=](const auto& in) { return logsumexp(in[0], {.axis = axis}); }, {x});
  }
  check_derivatives([](const auto& in) { return logsumexp(in[0]); }, {x});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  Rng rng(3);
  const Tensor x = randn({300, 700}, rng);
  for (int axis : {0, 1}) {
    check_threads([&] { return softmax(x, axis); });
    check_threads([&] { return log_softmax(x, axis); });
    check_threads([&] { return logsumexp(x, {.axis = axis}); });
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] { softmax(zeros({2}, DType::i64)); }) ==
             "[softmax] x is i64; it must be f32 or f64: convert with .to()");
  BOOST_TEST(error_of([] { log_softmax(zeros({2}), 1); }) ==
             "[log_softmax] axis 1 is out of range for rank 1; it must lie in [-1, 0]");
}
