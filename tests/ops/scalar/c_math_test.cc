// The names of <cmath>, min, max and swap: scalars of every number find them by their arguments
// alone, and they are what C's are, with derivatives.
#include "ops/scalar/c_math.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using tapestry::BasicScalar, tapestry::BasicTape, tapestry::Dual, tapestry::Lanes, tapestry::Scalar,
    tapestry::Tape, tapestry::gradient, tapestry::kLanes, tapestry::replay;

namespace {

// As code writes it that is a template over its number.
#define FUNCTIONS(F)                                                       \
  F(smaller, min(x, z) + min(5.0, x) + min(x, 2) * z)                      \
  F(larger, max(x, z) + max(1.0, x) + max(x, 1) * z)                       \
  F(smaller_of_c, fmin(x, z) + fmin(5.0, x) + fmin(x, 2) * z)              \
  F(larger_of_c, fmax(x, z) + fmax(1.0, x) + fmax(x, 1) * z)               \
  F(of_expressions, max(x* x, z) + min(x + z, x * z))                      \
  F(positive_part, fdim(x, z) + fdim(z, x) * x + fdim(x, 0.25))            \
  F(cube_root, cbrt(x) + cbrt(-z))                                         \
  F(gamma_function, tgamma(x) * z)                                         \
  F(with_sign, copysign(x, -z) + copysign(3.0, z) * x + copysign(z, -2.0)) \
  F(nearest, round(x) * z)                                                 \
  F(nearest_even, rint(x) * z + nearbyint(z) * x)                          \
  F(whole_part, trunc(x) * z)                                              \
  F(c_remainder, remainder(x, z) + remainder(7.0, z) + remainder(x, 0.7))  \
  F(c_modulo, fmod(x, z) + fmod(7.0, z) + fmod(x, 0.7))                    \
  F(times_power_of_two, ldexp(x, 3) + scalbn(z, -2) + scalbln(x, 1L))      \
  F(exponent, logb(x) * z + x * ilogb(z))                                  \
  F(distance, hypot(x, z, x* z) + hypot(x, 2.0, z) + hypot(1.0, 2, z))     \
  F(plane_distance, hypot(x, z) + hypot(x, 3.0))

template <class S>
S mantissa(S x, S z) {
  using std::frexp;
  int exponent = 0;
  S y = frexp(x, &exponent);
  return y * z + exponent;
}
template <class S>
S fraction(S x, S z) {
  using std::modf;
  S whole = 0;
  S y = modf(x, &whole);
  return y * z + whole;
}
template <class S>
S swapped(S x, S z) {
  using std::swap;
  swap(x, z);
  return x * x * z;
}

#define F(name, formula)                                                                          \
  template <class S>                                                                              \
  S name(S x, S z) {                                                                              \
    using std::cbrt, std::copysign, std::fdim, std::fmax, std::fmin, std::fmod, std::hypot,       \
        std::ilogb, std::ldexp, std::logb, std::nearbyint, std::remainder, std::rint, std::round, \
        std::scalbln, std::scalbn, std::tgamma, std::trunc;                                       \
    return S(formula);                                                                            \
  }
// No `using std::max` here: of doubles, tapestry's own.
using tapestry::max, tapestry::min;
FUNCTIONS(F)
#undef F

// call(name, f) for each; f is a template over the number.
template <class Call>
void for_each_function(Call&& call) {
#define F(name, formula) call(#name, [](auto x, auto z) { return name(x, z); });
  FUNCTIONS(F)
#undef F
  call("mantissa", [](auto x, auto z) { return mantissa(x, z); });
  call("fraction", [](auto x, auto z) { return fraction(x, z); });
  call("swapped", [](auto x, auto z) { return swapped(x, z); });
}

constexpr double kPoints[][2] = {{1.3, 0.6}, {2.7, 1.9}, {5.8, 3.1}, {0.4, 7.2}};

bool close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * (1 + std::abs(b));
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_are_c_s_and_slopes_those_of_differences) {
  for (const auto& [at, beside] : kPoints)
    for_each_function([&](const char* name, auto f) {
      Tape tape;
      const Scalar x = tape.variable(at), z = tape.variable(beside), y = f(x, z);
      BOOST_TEST(close(y.value(), f(at, beside), 1e-15), name << " " << y);
      const auto slopes = gradient(y, x, z);
      const double h = 1e-5;
      const double by_x = (f(at + h, beside) - f(at - h, beside)) / (2 * h),
                   by_z = (f(at, beside + h) - f(at, beside - h)) / (2 * h);
      BOOST_TEST(close(std::get<0>(slopes), by_x, 1e-8), name << " by x at " << at);
      BOOST_TEST(close(std::get<1>(slopes), by_z, 1e-8), name << " by z at " << beside);
    });
}

BOOST_AUTO_TEST_CASE(scalars_of_other_numbers_have_the_same_values_and_slopes) {
  for (const auto& [at, beside] : kPoints)
    for_each_function([&](const char* name, auto f) {
      Tape tape;
      const std::vector<Scalar> of = {tape.variable(at), tape.variable(beside)};
      const Scalar expected = f(of[0], of[1]);
      const std::vector<double> slopes = gradient(expected, of);
      const auto curvature = tapestry::hessian(expected, of).to_vector();
      const auto agrees = [&]<class T>(const T& x, const T& z, auto number, double tolerance) {
        BasicTape<T> other;
        const std::vector<BasicScalar<T>> xs = {other.variable(x), other.variable(z)};
        const BasicScalar<T> y = f(xs[0], xs[1]);
        const std::vector<T> g = gradient(y, xs);
        BOOST_TEST(close(number(y.value()), expected.value(), tolerance), name);
        for (int i : {0, 1}) BOOST_TEST(close(number(g[i]), slopes[i], 10 * tolerance), name);
        return g;
      };
      agrees(
          static_cast<float>(at), static_cast<float>(beside),
          [](float x) { return static_cast<double>(x); }, 4e-6);
      agrees(
          Lanes(at), Lanes(beside), [](const Lanes& x) { return x[3]; }, 1e-13);
      Dual moving = at;
      moving.tangent.set(0, 1);
      const auto g = agrees(
          moving, Dual(beside), [](const Dual& x) { return x.value; }, 1e-13);
      for (int i : {0, 1}) BOOST_TEST(close(g[i].tangent[0], curvature[2 * i], 1e-11), name);
      Tape outer;
      const Scalar a = outer.variable(at), b = outer.variable(beside);
      BasicTape<Scalar> inner;
      const BasicScalar<Scalar> x = inner.variable(a), z = inner.variable(b);
      const Scalar slope = gradient(BasicScalar<Scalar>(f(x, z)), x) + 0 * a + 0 * b;
      BOOST_TEST(close(slope.value(), slopes[0], 1e-13), name);
      BOOST_TEST(close(gradient(slope, a), curvature[0], 1e-11), name);
      BOOST_TEST(close(gradient(slope, b), curvature[1], 1e-11), name);
    });
}

BOOST_AUTO_TEST_CASE(ties_and_signs_are_those_of_c) {
  Tape tape;
  const double infinity = std::numeric_limits<double>::infinity();
  for (double at : {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370495.5,
                    9007199254740993.0, -1e300, infinity, -infinity}) {
    const Scalar x = tape.variable(at);
    BOOST_TEST(Scalar(round(x)).value() == std::round(at));
    BOOST_TEST(std::signbit(Scalar(round(x)).value()) == std::signbit(at));
    BOOST_TEST(signbit(x) == std::signbit(at));
    for (double z : {0.0, -0.0, 3.0, -3.0, infinity, -infinity}) {
      BOOST_TEST(Scalar(copysign(x, tape.variable(z))).value() == std::copysign(at, z));
      BOOST_TEST(std::signbit(Scalar(copysign(x, z)).value()) == std::signbit(z));
      BOOST_TEST(std::signbit(Scalar(copysign(2.0, tape.variable(z))).value()) == std::signbit(z));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_remainder_goes_to_the_nearest_multiple_and_among_two_to_the_even_one) {
  Tape tape;
  const double infinity = std::numeric_limits<double>::infinity();
  for (double at :
       {0.0, 1.0, -1.0, 5.0, -5.0, 10.0, 7.5, -7.5, 12.5, 1e17, 1e308, 3e-310, 0.1, 0.3})
    for (double by : {5.0, -5.0, 10.0, 3.0, 1e-3, 1.7e308, infinity, 2e-310, 0.1}) {
      const Scalar x = tape.variable(at), z = tape.variable(by), y = remainder(x, z);
      BOOST_TEST(y.value() == std::remainder(at, by), at << " by " << by);
      BOOST_TEST(gradient(y, x) == 1);
      const double quotient = (at - y.value()) / by;
      if (std::abs(quotient) < 1e15) BOOST_TEST(gradient(y, z) == -std::round(quotient));
    }
}

BOOST_AUTO_TEST_CASE(powers_of_two_reach_to_the_ends_of_the_range) {
  Tape tape;
  const Scalar x = tape.variable(0.75);
  for (int exponent : {0, 1, -1, 1000, -1000, 1024, -1074, -3000, 3000}) {
    const Scalar y = ldexp(x, exponent);
    BOOST_TEST(y.value() == std::ldexp(0.75, exponent));
    BOOST_TEST(Scalar(ldexp(tape.variable(0.0), exponent)).value() == 0);
  }
  BOOST_TEST(gradient(Scalar(ldexp(x, -7)), x) == 1. / 128);
  for (double at : {1e-310, -3.0, 1e300, 0.0}) {
    int exponent = 0, expected = 0;
    const Scalar y = frexp(tape.variable(at), &exponent);
    BOOST_TEST(y.value() == std::frexp(at, &expected));
    BOOST_TEST(exponent == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_distance_in_space_neither_overflows_nor_loses_curvature) {
  Tape tape;
  const Scalar x = tape.variable(3e200), z = tape.variable(4e200);
  const Scalar far = hypot(x, z, 0.0);
  BOOST_TEST(far.value() == 5e200, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(far, x) == 0.6, boost::test_tools::tolerance(1e-15));
  const std::vector<Scalar> at = {tape.variable(0.0), tape.variable(0.0), tape.variable(2.0)};
  const auto curvature = tapestry::hessian(Scalar(hypot(at[0], at[1], at[2])), at).to_vector();
  BOOST_TEST(curvature[0] == 0.5);
  BOOST_TEST(curvature[4] == 0.5);
  BOOST_TEST(curvature[8] == 0, boost::test_tools::tolerance(1e-15));
  const Scalar origin = hypot(at[0], at[1], 0.0);
  BOOST_TEST(origin.value() == 0);
  BOOST_TEST(gradient(origin, at[0]) == 0);
  const double infinity = std::numeric_limits<double>::infinity();
  BOOST_TEST(Scalar(hypot(tape.variable(infinity), z, x)).value() == infinity);
}

BOOST_AUTO_TEST_CASE(a_cube_root_is_steep_at_zero_and_defined_below) {
  Tape tape;
  const Scalar x = tape.variable(-27.0), zero = tape.variable(0.0);
  BOOST_TEST(Scalar(cbrt(x)).value() == -3, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(Scalar(cbrt(x)), x) == 1. / 27, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(std::isinf(gradient(Scalar(cbrt(zero)), zero)));
}

BOOST_AUTO_TEST_CASE(ties_of_min_and_max_share_the_adjoint_and_nan_stays) {
  Tape tape;
  const Scalar x = tape.variable(2.0), z = tape.variable(2.0);
  const auto [dx, dz] = gradient(Scalar(max(x, z)), x, z);
  BOOST_TEST(dx == 0.5);
  BOOST_TEST(dz == 0.5);
  BOOST_TEST(std::isnan(Scalar(min(x, std::nan(""))).value()));
  BOOST_TEST(std::isnan(Scalar(max(std::nan(""), x)).value()));
  BOOST_TEST(max(2, 3.5) == 3.5);
  BOOST_TEST(min(2, 3) == 2);
}

BOOST_AUTO_TEST_CASE(kinds_and_orders_are_those_of_the_values) {
  Tape tape;
  const Scalar x = tape.variable(1e-310), z = tape.variable(2.0), nan = tape.variable(std::nan(""));
  BOOST_TEST(!isnormal(x));
  BOOST_TEST(isnormal(z * 2));
  BOOST_TEST(fpclassify(x) == FP_SUBNORMAL);
  BOOST_TEST((isnan(nan) && isfinite(x) && !isinf(z)));
  BOOST_TEST((isless(x, z) && isgreater(z, 1.0) && islessequal(2.0, z) && isgreaterequal(z, z)));
  BOOST_TEST((islessgreater(x, z) && isunordered(x, nan) && !isunordered(x, z)));
}

BOOST_AUTO_TEST_CASE(a_scalar_becomes_a_whole_number_where_code_asks_for_one) {
  Tape tape;
  const Scalar x = tape.variable(-2.75), z = tape.variable(2.5);
  BOOST_TEST(static_cast<int>(x) == -2);
  BOOST_TEST(static_cast<std::size_t>(z * 2) == 5u);
  BOOST_TEST(static_cast<bool>(x));
  BOOST_TEST(!tape.variable(0.0));
  BOOST_TEST((lround(x) == -3 && llround(z) == 3 && lrint(z) == 2 && llrint(z) == 2));
  static_assert(!std::is_convertible_v<Scalar, int>);
  static_assert(!std::is_constructible_v<double, Scalar>, "the derivative would be lost unseen");
}

BOOST_AUTO_TEST_CASE(a_replay_that_would_come_to_another_whole_number_is_refused) {
  Tape tape;
  const Scalar x = tape.variable(2.75);
  const Scalar y = static_cast<int>(x) * x;
  BOOST_TEST(replay(y, {x}, {2.25}) == 4.5);
  BOOST_TEST(
      tapestry::refusal([&] { replay(y, {x}, {3.0}); }) ==
      "[replay] a place unknown: the recording took 2.75 < 3 for true, and at these inputs 3 < 3 "
      "is false; the program would branch otherwise, so record it anew");
  BOOST_CHECK_THROW(replay(y, {x}, {1.5}), tapestry::Error);
  Tape other;
  const Scalar z = other.variable(5.0);
  int exponent = 0;
  const Scalar mantissa = frexp(z, &exponent);
  BOOST_TEST(replay(mantissa, {z}, {7.0}) == 0.875);
  BOOST_CHECK_THROW(replay(mantissa, {z}, {8.0}), tapestry::Error);
  BOOST_CHECK_THROW(replay(mantissa, {z}, {3.0}), tapestry::Error);
}

BOOST_AUTO_TEST_CASE(signs_ties_and_nearest_numbers_are_found_anew_by_a_replay) {
  Tape tape;
  const Scalar x = tape.variable(2.75), z = tape.variable(-1.0);
  const Scalar y = round(x) + 10 * copysign(x, z) + 100 * remainder(x, 2.0);
  BOOST_TEST(y.value() == 3 - 27.5 + 75);
  BOOST_TEST(replay(y, {x, z}, {-0.5, 2.0}) == -1 + 5 - 50);
}

BOOST_AUTO_TEST_CASE(lanes_that_differ_have_no_common_whole_number) {
  BasicTape<Lanes> tape;
  Lanes at(1.5);
  at.set(2, 4.5);
  const BasicScalar<Lanes> x = tape.variable(at);
  BOOST_TEST(
      tapestry::refusal([&] { (void)static_cast<int>(x); }) ==
      "[lanes] a comparison is true in 7 of 8 lanes; a branch needs all to agree, where() chooses "
      "for each");
  const BasicScalar<Lanes> y = round(x) + hypot(x, x, x);
  BOOST_TEST(y.value()[0] == 2 + 1.5 * std::sqrt(3.0), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(y.value()[2] == 5 + 4.5 * std::sqrt(3.0), boost::test_tools::tolerance(1e-15));
}
