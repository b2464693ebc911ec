#include <cmath>

#include "ops/reduce/recurrence.h"
#include "ops/reduce/running.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}  // namespace

BOOST_AUTO_TEST_CASE(recurrences) {
  check_values(linear_recurrence(tensor({NAN, 2, 3}), tensor({1, 1, 1}), 0), {3}, {1, 3, 10});
  check_values(linear_recurrence(full({}, 2, DType::i64), ones({4}, DType::i64), 0), {4},
               {1, 3, 7, 15});
  check_values(linear_recurrence(zeros({0, 2}), zeros({0, 2}), 0), {0, 2}, {});
}

BOOST_AUTO_TEST_CASE(running_products) {
  check_values(cumprod(tensor({{2, 3, 4}, {5, 0, 7}}), 1), {2, 3}, {2, 6, 24, 5, 0, 0});
  check_values(cumprod(tensor({{2, 3}, {5, 7}}), 0), {2, 2}, {2, 3, 10, 21});
  BOOST_TEST(cumprod(ones({2}, DType::boolean), 0).dtype() == DType::i64);
  check_values(cumprod(tensor({3}), 0), {1}, {3});
}

BOOST_AUTO_TEST_CASE(running_products_have_exact_slopes_at_zeros) {
  Tape tape;
  const Tensor x = tape.variable(tensor({2, 0, 3, 0, 5}));
  // y = 2, 0, 0, 0, 0: only the first zero moves what follows, up to the second.
  check_values(gradient(sum(cumprod(x, 0)), x), {5}, {1, 2 + 6, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(running_logarithms) {
  const Tensor y = logcumsumexp(tensor({1000, 1000, -1000}, DType::f64), 0);
  check_values(y, {3}, {1000, 1000 + std::log(2), 1000 + std::log(2)});
  check_values(logcumsumexp(tensor({-kInfinity, -kInfinity, 3}), 0), {3},
               {-kInfinity, -kInfinity, 3});
  check_values(logcumsumexp(tensor({kInfinity, 1}), 0), {2}, {kInfinity, kInfinity});
  Tape tape;
  const Tensor x = tape.variable(tensor({-kInfinity, 800, 0, 800}, DType::f64));
  const Tensor slopes = gradient(slice(logcumsumexp(x, 0), 0, 3, 4), x);
  BOOST_TEST(distance(slopes, tensor({0, 0.5, 0, 0.5}, DType::f64)) < 1e-12);
  const Tensor z = numbers({6});
  check_derivatives([](const auto& in) { return logcumsumexp(100 * in[0], 0); }, {z}, 1e-5);
}

BOOST_AUTO_TEST_CASE(running_extremes) {
  const auto [values, where] = cummax(tensor({1, 3, 3, 2, 5}), 0);
  check_values(values, {5}, {1, 3, 3, 3, 5});
  check_values(where, {5}, {0, 1, 2, 2, 4});
  check_values(cummin(tensor({{3, 1}, {2, 4}}), 0).values, {2, 2}, {3, 1, 2, 1});
  const Tensor spoilt = cummin(tensor({1, NAN, 0}), 0).values;
  BOOST_TEST(std::isnan(spoilt.to_vector()[2]));
  BOOST_TEST(cummax(zeros({2}, DType::boolean), 0).values.dtype() == DType::boolean);
}

BOOST_AUTO_TEST_CASE(strides_and_threads_do_not_matter) {
  const Tensor x = numbers({40, 30});
  for (int axis : {0, 1}) {
    for (const Tensor& y : strided_copies(x)) {
      BOOST_TEST(same_bits(cumprod(x, axis), cumprod(y, axis)));
      BOOST_TEST(same_bits(logcumsumexp(x, axis), logcumsumexp(y, axis)));
      BOOST_TEST(same_bits(cummax(x, axis).indices, cummax(y, axis).indices));
    }
  }
  const Tensor large = numbers({300, 400});
  check_threads([&] { return cumprod(large, 0); });
  check_threads([&] { return logcumsumexp(large, 1); });
}
