// Code that names the standard functions takes active scalars where this header is included.
#include "ops/std_scalar.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"

using namespace tapestry;

namespace {

template <class T>
T qualified(T x, T z) {
  T y = std::exp(-x) * std::sqrt(z) + std::pow(x, 2) + std::pow(x, z) + std::pow(2.0, z);
  y += std::fmax(x, z) + std::fmin(x, 1.0) + std::max(x, z) + std::min(x, z);
  y += std::abs(x - z) + std::fabs(z) + std::atan2(x, z) + std::hypot(x, z) + std::fmod(z, x);
  y += std::cbrt(x) + std::tgamma(z) + std::copysign(x, -z) + std::fdim(x, z) + std::round(x * 3);
  y += std::remainder(x, z) + std::ldexp(x, 2) + std::scalbn(z, -1) + std::logb(x) +
       std::hypot(x, z, z);
  y += std::max(x * z, x) + std::min(z, x * z) + std::max(0.5, x) + std::min(x, 2.0);
  int exponent = 0;
  T whole = 0;
  y += std::frexp(x, &exponent) * exponent + std::modf(x * 3, &whole) + whole;
  y += std::signbit(z) + std::isnormal(x) + std::ilogb(x) + static_cast<int>(std::lround(x));
  y += std::lgamma(x) * std::erfc(z) + std::rint(x) + std::log1p(x * z) + std::tanh(x / z);
  return std::isfinite(y) && !std::isnan(x) && !std::isinf(z) ? y : T(0);
}

template <class T>
T by_lookup(T x, T z) {
  using std::exp, std::fabs, std::fma, std::max, std::pow, std::sqrt, std::trunc;
  return exp(-x) * sqrt(z) + pow(x, 2) + max(x, z) + fma(x, z, x) + trunc(x) * fabs(z);
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_are_those_of_plain_numbers) {
  Tape tape;
  const Scalar x = tape.variable(1.25), z = tape.variable(0.75);
  BOOST_TEST(qualified(x, z).value() == qualified(1.25, 0.75), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(by_lookup(x, z).value() == by_lookup(1.25, 0.75), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(derivatives_are_those_of_differences) {
  Tape tape;
  const Scalar x = tape.variable(1.25), z = tape.variable(0.75);
  const auto [dx, dz] = gradient(qualified(x, z), x, z);
  const double h = 1e-6;
  BOOST_TEST(dx == (qualified(1.25 + h, 0.75) - qualified(1.25 - h, 0.75)) / (2 * h),
             boost::test_tools::tolerance(1e-7));
  BOOST_TEST(dz == (qualified(1.25, 0.75 + h) - qualified(1.25, 0.75 - h)) / (2 * h),
             boost::test_tools::tolerance(1e-7));
}

BOOST_AUTO_TEST_CASE(ties_go_where_c_lets_them_go) {
  Tape tape;
  for (double tie : {0.5, 1.5, 2.5, -2.5}) {
    const Scalar x = tape.variable(tie);
    BOOST_TEST(std::rint(x).value() == std::rint(tie));
    BOOST_TEST(std::nearbyint(x).value() == std::rint(tie));
    BOOST_TEST(std::round(x).value() == std::round(tie));
  }
}

BOOST_AUTO_TEST_CASE(names_of_the_c_library_stand_for_expressions) {
  Tape tape;
  const Scalar x = tape.variable(-2.75), z = tape.variable(1.5);
  BOOST_TEST(fma(x, z, 4).value() == -0.125);
  BOOST_TEST(fma(2.0, 3.0, z).value() == 7.5);
  BOOST_TEST(fma(2.0, 3.0, 1.0) == 7.0);
  BOOST_TEST(fma(100000, 100000, z).value() == 1e10 + 1.5);
  BOOST_TEST(fma(1e30f, 1e30f, z).value() == 1e60, boost::test_tools::tolerance(1e-7));
  BOOST_TEST(fabs(x).value() == 2.75);
  BOOST_TEST((rint(x) + nearbyint(z)).value() == -1);
  BOOST_TEST((std::fma(x, z, 4) + std::trunc(x)).value() == -2.125);
  BOOST_TEST(trunc(x).value() == -2);
  BOOST_TEST(trunc(z).value() == 1);
  BOOST_TEST(gradient(trunc(x) + fma(x, z, x), x) == 2.5);
}

BOOST_AUTO_TEST_CASE(both_namespaces_stand_side_by_side) {
  using namespace std;  // NOLINT: programs say so, beside `using namespace tapestry`
  Tape tape;
  const Scalar x = tape.variable(-2.75);
  BOOST_TEST(max(x, 1.0).value() == 1);
  BOOST_TEST(min(x * x, 1).value() == 1);
  BOOST_TEST(max(x, x * x).value() == 7.5625);
  BOOST_TEST(min(x, x).value() == -2.75);
  BOOST_TEST(gradient(max(0, x * x) + fmin(x, 0.5) + pow(x, 2) + hypot(x, 0.0, 1e-9), x) == -11);
}
