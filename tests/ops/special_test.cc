// Values of the special functions against those of Boost.Math.
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <cmath>

#include "tests/ops/checks.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// n numbers from `low` to `high`, each a constant factor above the one before.
Tensor geometric(double low, double high, std::int64_t n) {
  return exp(arange(n, DType::f64) * (std::log(high / low) / static_cast<double>(n - 1))) * low;
}

// The largest relative error, and where; in f32 of the rounded x.
template <class F>
void check_relative(const Tensor& x, double tolerance, double tolerance_f32, const Tensor& y,
                    const Tensor& y_f32, F&& expected) {
  const auto worst = [&](const Tensor& at, const Tensor& values) {
    const std::vector<double> points = at.to_vector(), got = values.to_vector();
    std::pair<double, double> result{0, 0};
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto want = expected(static_cast<long double>(points[i]));
      const auto error =
          static_cast<double>(std::abs((static_cast<long double>(got[i]) - want) / want));
      if (!(error <= result.first)) result = {error, points[i]};
    }
    return result;
  };
  const auto [wide, at] = worst(x, y);
  BOOST_TEST(wide <= tolerance, "f64: " << wide << " at " << at);
  const auto [narrow, at_f32] = worst(x.to(DType::f32), y_f32);
  BOOST_TEST(narrow <= tolerance_f32, "f32: " << narrow << " at " << at_f32);
}

constexpr double kEpsilon = 0x1p-52, kEpsilonF32 = 0x1p-23;

}  // namespace

BOOST_AUTO_TEST_CASE(digamma_keeps_its_digits_for_every_positive_argument) {
  Rng rng(3);
  const auto check = [](const Tensor& x) {
    check_relative(x, 4 * kEpsilon, 4 * kEpsilonF32, digamma(x), digamma(x.to(DType::f32)),
                   [](long double v) { return boost::math::digamma(v); });
  };
  check(geometric(1e-30, 1e30, 3000));
  check(uniform({3000}, 0.1, 12, rng, DType::f64));
  check(uniform({3000}, 1.4, 1.5, rng, DType::f64));  // its root
}

BOOST_AUTO_TEST_CASE(digamma_of_negative_arguments_is_reflected) {
  Rng rng(5);
  for (double x : uniform({2000}, -30, 0, rng, DType::f64).to_vector()) {
    const double y = digamma(full({}, x, DType::f64)).item();
    const auto expected = static_cast<double>(boost::math::digamma(static_cast<long double>(x)));
    BOOST_TEST(std::abs(y - expected) <=
                   4e-15 * (1 + std::abs(expected)) * (1 + 1 / std::abs(x - std::round(x))),
               x << " gives " << y << ", not " << expected);
  }
  const std::vector<double> poles =
      digamma(tensor({0.0, -0.0, -1.0, -7.0}, DType::f64)).to_vector();
  BOOST_TEST(poles[0] == -kInfinity);
  BOOST_TEST(poles[1] == kInfinity);
  BOOST_TEST(std::isnan(poles[2]));
  BOOST_TEST(std::isnan(poles[3]));
}

BOOST_AUTO_TEST_CASE(polygamma_keeps_its_digits_for_every_positive_argument) {
  for (int order : {1, 2, 3, 5, 10, 30}) {
    const Tensor x = geometric(0.02, 1e4, 400);
    const double ulps = order + 5;
    const Tensor y = polygamma(order, x);
    const std::vector<double> points = x.to_vector(), got = y.to_vector();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const long double want = boost::math::polygamma(order, static_cast<long double>(points[i]));
      if (std::abs(want) < 1e-300L) continue;
      BOOST_TEST(static_cast<double>(std::abs(got[i] / want - 1)) <= ulps * kEpsilon,
                 order << " at " << points[i] << ": " << got[i] << " against " << want);
    }
  }
  check_values(polygamma(1, tensor({kInfinity, 0.0, -3.0}, DType::f64)), {3},
               {0, kInfinity, kInfinity});
  check_values(polygamma(2, tensor({0.0, -0.0}, DType::f64)), {2}, {-kInfinity, kInfinity});
  BOOST_TEST(polygamma(1, full({}, 1e300, DType::f64)).item() == 1e-300);
  BOOST_TEST(std::isnan(polygamma(2, full({}, -3, DType::f64)).item()));
  const Tensor x = tensor({0.5, 3.0}, DType::f64);
  BOOST_TEST(same_bits(polygamma(0, x), digamma(x)));
  BOOST_TEST((polygamma(1, tensor({1, 2}, DType::i64)).dtype() == DType::f32));
}

BOOST_AUTO_TEST_CASE(polygamma_of_negative_arguments_is_that_of_boost) {
  Rng rng(6);
  for (int order : {1, 2, 3, 4}) {
    for (double v : uniform({200}, 0.1, 0.9, rng, DType::f64).to_vector()) {
      const double x = v - 1 - static_cast<double>(rng.next_below(20));
      const double y = polygamma(order, full({}, x, DType::f64)).item();
      const auto want =
          static_cast<double>(boost::math::polygamma(order, static_cast<long double>(x)));
      BOOST_TEST(std::abs(y - want) <= 1e-11 * std::pow(10.0, order), order << " at " << x);
    }
  }
}

BOOST_AUTO_TEST_CASE(three_derivatives_of_lgamma_are_the_polygammas) {
  for (double at : {0.3, 1.4616, 4.0, 25.0}) {
    Tape tape;
    const Tensor x = tape.variable(full({}, at, DType::f64));
    const Scalar s = tape.variable(at);
    const Tensor first = gradient(lgamma(x), x, {.create_graph = true}),
                 second = gradient(first, x, {.create_graph = true}),
                 third = gradient(second, x, {.create_graph = true});
    const Scalar first_s = gradient(lgamma(s), s, {.create_graph = true}),
                 second_s = gradient(first_s, s, {.create_graph = true}),
                 third_s = gradient(second_s, s, {.create_graph = true});
    const double expected[] = {boost::math::digamma(at), boost::math::trigamma(at),
                               boost::math::polygamma(2, at), boost::math::polygamma(3, at)};
    const auto near = [](double a, double b) {
      return std::abs(a - b) <= 1e-13 * (1e-3 + std::abs(b));
    };
    BOOST_TEST(near(first.item(), expected[0]));
    BOOST_TEST(near(second.item(), expected[1]));
    BOOST_TEST(near(third.item(), expected[2]));
    BOOST_TEST(near(gradient(third, x).item(), expected[3]));
    BOOST_TEST(near(first_s.value(), expected[0]));
    BOOST_TEST(near(second_s.value(), expected[1]));
    BOOST_TEST(near(third_s.value(), expected[2]));
    BOOST_TEST(near(gradient(third_s, s), expected[3]));
  }
  BOOST_TEST(error_of([] { polygamma(-2, Scalar(1)); }) ==
             "[polygamma] the order is -2; it must not be negative");
}

BOOST_AUTO_TEST_CASE(lgamma_is_that_of_boost) {
  Rng rng(7);
  const Tensor x = concat({geometric(1e-20, 1e20, 2000), uniform({2000}, 3, 40, rng, DType::f64)});
  check_relative(x, 3 * kEpsilon, 3 * kEpsilonF32, lgamma(x), lgamma(x.to(DType::f32)),
                 [](long double v) { return boost::math::lgamma(v); });
  BOOST_TEST(lgamma(Scalar(-0.5)).value() == boost::math::lgamma(-0.5),
             boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(erfinv_keeps_its_digits_up_to_both_ends) {
  const auto check = [](const Tensor& x) {
    check_relative(x, 3 * kEpsilon, 3 * kEpsilonF32, erfinv(x), erfinv(x.to(DType::f32)),
                   [](long double v) { return boost::math::erf_inv(v); });
  };
  check(geometric(1e-30, 0.9, 2000));
  check(-geometric(1e-5, 0.9, 500));
  check(1 - geometric(0x1p-20, 0.6, 2000));
  for (double x : {1 - 0x1p-53, 1 - 0x1p-45}) {
    const double expected = boost::math::erf_inv(x);
    BOOST_TEST(std::abs(erfinv(full({}, x, DType::f64)).item() - expected) <=
               3 * kEpsilon * expected);
  }
  check_values(erfinv(tensor({1.0, -1.0, 0.0}, DType::f64)), {3}, {kInfinity, -kInfinity, 0});
  BOOST_TEST(std::isnan(erfinv(full({}, 1.0001)).item()));
}

BOOST_AUTO_TEST_CASE(fmod_and_remainder_are_exact) {
  Rng rng(8);
  for (DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = (randn({3000}, rng, dtype) * exp(randn({3000}, rng, dtype) * 12.0)),
                 z = (randn({3000}, rng, dtype) * exp(randn({3000}, rng, dtype) * 3.0));
    const std::vector<double> a = x.to_vector(), b = z.to_vector(),
                              truncated = fmod(x, z).to_vector(),
                              floored = remainder(x, z).to_vector();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double m = std::fmod(a[i], b[i]);
      BOOST_TEST(truncated[i] == m, "fmod(" << a[i] << ", " << b[i] << ")");
      const double exact = m * b[i] < 0 ? m + b[i] : m;
      BOOST_TEST(
          std::abs(floored[i] - exact) <= (dtype == DType::f32 ? kEpsilonF32 : 0) * std::abs(exact),
          "remainder(" << a[i] << ", " << b[i] << ")");
    }
  }
  check_values(fmod(tensor({7.0, -7.0, 7.0, -7.0}), tensor({3.0, 3.0, -3.0, -3.0})), {4},
               {1, -1, 1, -1});
  check_values(remainder(tensor({7.0, -7.0, 7.0, -7.0}), tensor({3.0, 3.0, -3.0, -3.0})), {4},
               {1, 2, -2, -1});
  BOOST_TEST(remainder(full({}, 1, DType::f64), 0.1).item() == std::fmod(1, 0.1));
  check_derivatives(
      [](const auto& in) { return fmod(in[0], in[1]) * in[0]; },
      {tensor({7.3, -7.3, 7.3, -7.3}, DType::f64), tensor({3.0, 3.0, -3.0, -3.0}, DType::f64)});
  check_derivatives(
      [](const auto& in) { return remainder(in[0], in[1]) * in[0]; },
      {tensor({7.3, -7.3, 7.3, -7.3}, DType::f64), tensor({3.0, 3.0, -3.0, -3.0}, DType::f64)});
}

BOOST_AUTO_TEST_CASE(fmod_and_remainder_of_integers_are_integers) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(),
                         kMost = std::numeric_limits<std::int64_t>::max(), kOdd = (1 << 24) + 1;
  const auto numbers = [](const std::vector<std::int64_t>& values) {
    return from_vector(values, {static_cast<std::int64_t>(values.size())});
  };
  const auto check = [&](const Tensor& got, const std::vector<std::int64_t>& expected) {
    BOOST_REQUIRE((got.dtype() == DType::i64));
    const auto* first = got.data<std::int64_t>();
    BOOST_TEST((std::vector(first, first + got.size())) == expected,
               boost::test_tools::per_element());
  };
  const Tensor x = numbers({7, -7, 7, -7, 6, kOdd, kMost, kMost, kLeast, kLeast}),
               z = numbers({3, 3, -3, -3, -3, 1 << 24, kMost - 1, kLeast, -1, kMost});
  check(fmod(x, z), {1, -1, 1, -1, 0, 1, 1, kMost, 0, -1});
  check(remainder(x, z), {1, 2, -2, -1, 0, 1, 1, -1, 0, kMost - 1});
  check(remainder(numbers({-1, kOdd}), 2), {1, 1});
  check(fmod(full({2}, 1, DType::boolean), numbers({1, 2})), {0, 1});
  BOOST_TEST(refusal([&] { remainder(x, 0); }) ==
             "[remainder] z of shape () is 0 at element 0; an i64 has no remainder by 0");
  BOOST_TEST(refusal([&] {
               fmod(numbers({1, 2}), numbers({1, 0}));
             }) == "[fmod] z of shape (2,) is 0 at element 1; an i64 has no remainder by 0");
}

BOOST_AUTO_TEST_CASE(predicates_and_logic_give_booleans) {
  const Tensor x = tensor({std::nan(""), kInfinity, -kInfinity, 0.0, 2.0});
  BOOST_TEST((isnan(x).dtype() == DType::boolean));
  check_values(isnan(x), {5}, {1, 0, 0, 0, 0});
  check_values(isinf(x), {5}, {0, 1, 1, 0, 0});
  check_values(isfinite(x), {5}, {0, 0, 0, 1, 1});
  check_values(logical_not(x), {5}, {0, 0, 0, 1, 0});
  const Tensor p = tensor({0, 0, 1, 1}, DType::boolean), q = tensor({0, 3, 0, -2}, DType::i64);
  check_values(logical_and(p, q), {4}, {0, 0, 0, 1});
  check_values(logical_or(p, q), {4}, {0, 1, 1, 1});
  check_values(logical_xor(p, q), {4}, {0, 1, 1, 0});
  check_values(logical_not(p), {4}, {1, 1, 0, 0});
  check_values(isinf(q), {4}, {0, 0, 0, 0});
  check_values(isfinite(p), {4}, {1, 1, 1, 1});
  BOOST_TEST((isnan(Scalar(std::nan(""))) && isinf(Scalar(kInfinity)) && isfinite(Scalar(1))));
}

BOOST_AUTO_TEST_CASE(nan_to_num_replaces_and_stops_the_gradient) {
  Tape tape;
  const Tensor x = tape.variable(tensor({std::nan(""), kInfinity, -kInfinity, 2.0}, DType::f64));
  const double largest = std::numeric_limits<double>::max();
  check_values(detach(nan_to_num(x)), {4}, {0, largest, -largest, 2});
  const Tensor y = nan_to_num(x, {.nan = 1, .posinf = 5, .neginf = -6});
  check_values(detach(y), {4}, {1, 5, -6, 2});
  check_values(gradient(sum(y * y), x), {4}, {0, 0, 0, 4});
  check_values(nan_to_num(tensor({-kInfinity})), {1}, {-double{std::numeric_limits<float>::max()}});
  check_values(nan_to_num(tensor({3, 4}, DType::i64)), {2}, {3, 4});
}

BOOST_AUTO_TEST_CASE(lerp_meets_both_ends_exactly) {
  const Tensor a = tensor({0.1, 1e20}, DType::f64), b = tensor({0.7, 0.3}, DType::f64);
  BOOST_TEST(same_bits(lerp(a, b, 0), a));
  BOOST_TEST(same_bits(lerp(a, b, 1), b));
  check_values(lerp(tensor({2.0}), tensor({4.0}), tensor({0.25, 0.75})), {2}, {2.5, 3.5});
  const Tensor one = tensor({1.0}), far = tensor({kInfinity});
  check_values(lerp(one, far, 0), {1}, {1});
  check_values(lerp(far, one, 1), {1}, {1});
}
