// Values of the page where formulas are in danger of cancelling or overflowing, and its slopes at
// the ends of what numbers can say. tests/ops/page holds the bounds of all.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "ops/catalogue/domain.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/join.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/linalg/norm.h"
#include "ops/page/numbers.h"
#include "ops/reduce/reduce.h"
#include "ops/scalar/scalar.h"
#include "ops/scalar/scalar_hessian.h"
#include "ops/transform/jacobian.h"
#include "tests/support/differences.h"

namespace tapestry::detail::page_numbers {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  template <class T>                                             \
  T op##_value(T x) {                                            \
    return result;                                               \
  }
#include "ops/page/elementwise.def"
}  // namespace tapestry::detail::page_numbers
namespace wide = tapestry::detail::page_numbers;

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::detail::domains;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// |a - b| in units in the last place of T at b.
template <class T>
double ulps_between(T a, long double b) {
  if (std::isnan(a) && std::isnan(b)) return 0;
  const T nearest = static_cast<T>(b);
  if (a == nearest) return 0;
  const T size = std::abs(nearest);
  const T unit = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
  return static_cast<double>(std::abs(static_cast<long double>(a) - b) /
                             static_cast<long double>(unit));
}

template <class T>
using Wider = std::conditional_t<std::is_same_v<T, float>, double, long double>;

template <class T>
Tensor tensor_of(const std::vector<T>& numbers) {
  return from_vector(numbers, {std::ssize(numbers)});
}

struct Worst {
  double ulps = 0, x = 0, z = 0;
  void meet(double error, double at_x, double at_z = 0) {
    if (!(error <= ulps)) *this = {error, at_x, at_z};
  }
};
std::ostream& operator<<(std::ostream& out, const Worst& worst) {
  return out << worst.ulps << " ulps at " << worst.x << ", " << worst.z;
}

template <class T>
Worst worst_error(const std::vector<T>& numbers, Tensor (*function)(const Tensor&, Site),
                  Wider<T> (*value)(Wider<T>)) {
  const Tensor y = function(tensor_of(numbers), {});
  Worst worst;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    worst.meet(ulps_between(y.data<T>()[i], value(static_cast<Wider<T>>(numbers[i]))),
               static_cast<double>(numbers[i]));
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_CASE(asinh_and_acosh_reach_to_the_largest_number) {
  for (double x : {1e10, 1e19, 1e38, 3.4028234663852886e38, 1e155, 1e300, 1.7976931348623157e308}) {
    const long double expected = std::asinh(static_cast<long double>(x));
    for (const double sign : {1.0, -1.0}) {
      BOOST_TEST(ulps_between(asinh(full({}, sign * x, DType::f64)).item(), sign * expected) <=
                 1.5);
      BOOST_TEST(ulps_between(asinh(Scalar(sign * x)).value(), sign * expected) <= 1.5);
    }
    BOOST_TEST(ulps_between(acosh(full({}, x, DType::f64)).item(), expected) <= 1.5);
    const auto narrow = static_cast<float>(x);
    if (std::isinf(narrow)) continue;
    const auto rounded = std::asinh(static_cast<long double>(narrow));
    BOOST_TEST(ulps_between(asinh(full({}, x)).data<float>()[0], rounded) <= 1.5);
    BOOST_TEST(ulps_between(acosh(full({}, x)).data<float>()[0], rounded) <= 1.5);
    // Nor do their slopes, which are 1 / x out there, vanish.
    Tape tape;
    const Tensor t = tape.variable(full({}, x));
    const Scalar s = tape.variable(x);
    BOOST_TEST(gradient(asinh(t), t).item() * x == 1, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(gradient(acosh(t), t).item() * x == 1, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(gradient(asinh(s), s) * x == 1, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(gradient(acosh(s), s) * x == 1, boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(asinh(full({}, -kInfinity)).item() == -kInfinity);
  BOOST_TEST(acosh(full({}, kInfinity)).item() == kInfinity);
  // Near 1 the slope of acosh does not cancel: 1 / sqrt((x - 1) (x + 1)).
  Tape tape;
  const Tensor t = tape.variable(full({}, 1 + 0x1p-40, DType::f64));
  BOOST_TEST(gradient(acosh(t), t).item() == 1 / std::sqrt(0x1p-40 * (2 + 0x1p-40)),
             boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(lgamma_reaches_as_far_as_its_value_does) {
  for (float x : {3.9e36f, 4.05e36f, 4.08e36f})
    BOOST_TEST(ulps_between(lgamma(full({}, static_cast<double>(x))).data<float>()[0],
                            std::lgamma(static_cast<long double>(x))) <= 1.51);
  for (double x : {1.9e305, 2.3e305, 2.55e305})
    BOOST_TEST(ulps_between(lgamma(full({}, x, DType::f64)).item(),
                            std::lgamma(static_cast<long double>(x))) <= 1.51);
  for (double x : {5e36, kInfinity, 0.0, -1.0}) BOOST_TEST(lgamma(full({}, x)).item() == kInfinity);
}

// To where erfc underflows, over the seams of the formulas, and beyond.
BOOST_AUTO_TEST_CASE(the_error_functions_keep_their_bounds_everywhere) {
  const auto check = [&]<class T>(std::type_identity<T>, double least_normal) {
    Rng rng(8);
    std::vector<T> numbers;
    for (double x : uniform({40000}, -6.5, least_normal, rng, DType::f64).to_vector())
      numbers.push_back(static_cast<T>(x));
    for (double x : uniform({4000}, 0.9, 1.1, rng, DType::f64).to_vector())
      numbers.push_back(static_cast<T>(x));
    const Worst of_erfc = worst_error<T>(numbers, erfc, wide::erfc_value),
                of_erf = worst_error<T>(numbers, erf, wide::erf_value);
    BOOST_TEST(of_erfc.ulps <= 2.5, dtype_of<T>() << ": " << of_erfc);
    BOOST_TEST(of_erf.ulps <= 1.5, dtype_of<T>() << ": " << of_erf);

    constexpr T infinity = std::numeric_limits<T>::infinity(), end = 30, tiny = 1e-38f;
    const Tensor ends = tensor_of<T>({end, -end, infinity, -infinity, 0, -T(0), tiny, -tiny});
    BOOST_TEST(erfc(ends).to_vector() == (std::vector<double>{0, 2, 0, 2, 1, 1, 1, 1}));
    const std::vector<double> y = erf(ends).to_vector();
    BOOST_TEST(std::vector(y.begin(), y.begin() + 6) == (std::vector<double>{1, -1, 1, -1, 0, 0}));
    BOOST_TEST((std::signbit(y[5]) && !std::signbit(y[4])));
    BOOST_TEST(y[6] == double(T(1.1283791670955126 * double(tiny))));
    BOOST_TEST(y[7] == -y[6]);
    const Tensor missing = full({9}, std::nan(""), dtype_of<T>());
    BOOST_TEST(std::isnan(erf(missing).to_vector()[8]));
    BOOST_TEST(std::isnan(erfc(missing).to_vector()[8]));
  };
  check(std::type_identity<float>(), 9.19);
  check(std::type_identity<double>(), 26.54);
}

// (x cosh x - sinh x) / cosh x, the numerator by its series, whose terms have one sign.
long double tanhshrink_by_series(long double x) {
  long double power = x, sum = 0;
  for (int k = 1; k < 60; ++k) {
    power *= x * x / ((2.0L * k) * (2 * k + 1));
    sum += 2 * k * power;
  }
  return sum / std::cosh(x);
}

BOOST_AUTO_TEST_CASE(tanhshrink_does_not_cancel_near_0) {
  Worst f64, f32, scalar;
  Rng rng(7);
  for (double exponent : uniform({40000}, -30, 1, rng, DType::f64).to_vector()) {
    const double x = (exponent < -15 ? -1 : 1) * std::exp(exponent);
    const auto narrow = static_cast<float>(x);
    f64.meet(ulps_between(tanhshrink(full({}, x, DType::f64)).item(), tanhshrink_by_series(x)), x);
    scalar.meet(ulps_between(tanhshrink(Scalar(x)).value(), tanhshrink_by_series(x)), x);
    f32.meet(ulps_between(tanhshrink(full({}, x)).data<float>()[0],
                          tanhshrink_by_series(static_cast<long double>(narrow))),
             x);
  }
  BOOST_TEST(f64.ulps <= 4, f64);
  BOOST_TEST(scalar.ulps <= 4, scalar);
  BOOST_TEST(f32.ulps <= 4, f32);
}

// Where exp(x) + exp(z) = 1 the value has no digits but those of the operands' last places.
BOOST_AUTO_TEST_CASE(logaddexp_is_right_to_an_ulp_of_1_near_its_zeros) {
  Rng rng(9);
  const auto worst = [&]<class T>(std::type_identity<T>) {
    std::vector<T> xs, zs;
    for (double x : uniform({20000}, -30, -1e-3, rng, DType::f64).to_vector()) {
      xs.push_back(static_cast<T>(x));
      zs.push_back(static_cast<T>(std::log(-std::expm1(x)) *
                                  (1 + 1e-3 * rng.next_uniform() * rng.next_uniform())));
    }
    const Tensor y = logaddexp(tensor_of(xs), tensor_of(zs));
    long double most = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const long double high = std::max(xs[i], zs[i]), low = std::min(xs[i], zs[i]);
      most =
          std::max(most, std::abs(y.data<T>()[i] - std::log1p(std::expm1(high) + std::exp(low))));
    }
    return static_cast<double>(most / static_cast<long double>(std::numeric_limits<T>::epsilon()));
  };
  BOOST_TEST(worst(std::type_identity<float>()) <= 1);
  BOOST_TEST(worst(std::type_identity<double>()) <= 1);
}

BOOST_AUTO_TEST_CASE(remainder_has_the_sign_of_z_however_small_both_are) {
  for (const double tiny : {1e-30, 1e-200}) {
    const DType dtype = tiny < 1e-100 ? DType::f64 : DType::f32;
    const Tensor x = tensor({-1.0, 1.0, -1.0, 1.0}, DType::f64) * tiny,
                 z = tensor({3.0, 3.0, -3.0, -3.0}, DType::f64) * tiny;
    const std::vector<double> y = (remainder(x.to(dtype), z.to(dtype)) / tiny).to_vector();
    const std::vector<double> expected{2, 1, -1, -2};
    for (std::size_t i = 0; i < y.size(); ++i) {
      BOOST_TEST(y[i] == expected[i], boost::test_tools::tolerance(1e-6));
      const Scalar scalar = detail::make_binary<detail::Binary::remainder>(
          Scalar(x.to_vector()[i]), Scalar(z.to_vector()[i]));
      BOOST_TEST(scalar.value() / tiny == expected[i], boost::test_tools::tolerance(1e-14));
    }
  }
}

namespace {

// The derivatives of a function of two numbers, by tensors and scalars, in plain, recorded and
// forward mode.
template <class F>
void check_slopes(F f, double x0, double z0, double slope_x, double slope_z) {
  const auto same = [](double a, double b) { return a == b || std::abs(a - b) < 1e-15; };
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const bool recorded : {false, true}) {
      Tape tape;
      const Tensor x = tape.variable(full({2}, x0, dtype)), z = tape.variable(full({2}, z0, dtype));
      const std::vector<Tensor> slopes = gradient(
          f(x, z), std::vector{x, z}, {.create_graph = recorded, .cotangent = ones({2}, dtype)});
      BOOST_TEST(same(slopes[0].to_vector()[1], slope_x), slopes[0].to_vector()[1]);
      BOOST_TEST(same(slopes[1].to_vector()[1], slope_z), slopes[1].to_vector()[1]);
    }
    const auto along = [&](double dx, double dz) {
      return jvp([&](const std::vector<Tensor>& in) { return std::vector{f(in[0], in[1])}; },
                 {full({}, x0, dtype), full({}, z0, dtype)},
                 {full({}, dx, dtype), full({}, dz, dtype)})
          .second[0]
          .item();
    };
    BOOST_TEST(same(along(1, 0), slope_x));
    BOOST_TEST(same(along(0, 1), slope_z));
  }
  for (const bool recorded : {false, true}) {
    Tape tape;
    const Scalar x = tape.variable(x0), z = tape.variable(z0);
    const std::vector<Scalar> slopes =
        gradient(Scalar(f(x, z)), std::vector{x, z}, {.create_graph = recorded});
    BOOST_TEST(same(slopes[0].value(), slope_x), slopes[0].value());
    BOOST_TEST(same(slopes[1].value(), slope_z), slopes[1].value());
  }
}

}  // namespace

// As PyTorch says, and JAX but for negative exponents, where it says NaN.
BOOST_AUTO_TEST_CASE(powers_of_0_do_not_move_with_the_exponent) {
  const auto f = [](const auto& x, const auto& z) { return pow(x, z); };
  check_slopes(f, 0, 2, 0, 0);
  check_slopes(f, 0, 1, 1, 0);
  check_slopes(f, 0, 0.5, kInfinity, 0);
  check_slopes(f, 0, 0, 0, 0);
  check_slopes(f, 0, -1, -kInfinity, -kInfinity);
  Tape tape;
  const Tensor z = tape.variable(full({}, 2, DType::f64));
  const Tensor slope = gradient(pow(0.0, z), z, {.create_graph = true});
  BOOST_TEST(slope.item() == 0);
  BOOST_TEST(gradient(slope, z, {.allow_unused = true}).item() == 0);
}

// Distances are flat where they are 0: of all slopes of the cone's tip, that in the middle.
BOOST_AUTO_TEST_CASE(distances_have_slope_0_at_0) {
  check_slopes([](const auto& x, const auto& z) { return hypot(x, z); }, 0, 0, 0, 0);
  check_slopes([](const auto& x, const auto& z) { return hypot(x, z); }, 0, -5, 0, -1);
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = full({3}, 0.5, dtype);
    const auto spread = [](const Tensor& u) { return tapestry::std(u); };
    const auto length = [](const Tensor& u) { return norm(u); };
    BOOST_TEST(grad(spread)(x).to_vector() == (std::vector<double>{0, 0, 0}));
    BOOST_TEST(jvp(spread, x, tensor({1.0, 2.0, 3.0}, dtype)).second.item() == 0);
    BOOST_TEST(grad(length)(zeros({3}, dtype)).to_vector() == (std::vector<double>{0, 0, 0}));
    const Tensor two = stack({x, tensor({1.0, 2.0, 3.0}, dtype)});
    const auto rows = [](const Tensor& u) { return sum(tapestry::std(u, {.axis = 1})); };
    BOOST_TEST(grad(rows)(two).to_vector() == (std::vector<double>{0, 0, 0, -0.5, 0, 0.5}));
    BOOST_TEST(std::isnan(spread(tensor({1.0, std::nan("")}, dtype)).item()));
  }
}

BOOST_AUTO_TEST_CASE(slopes_of_atan2_reach_as_far_as_its_operands) {
  for (const double scale : {1e-200, 1e-25, 1.0, 1e25, 1e200}) {
    const auto check = [&](double slope_x, double slope_z, double tolerance) {
      BOOST_TEST(slope_x * scale == -0.375 / 0.390625, boost::test_tools::tolerance(tolerance));
      BOOST_TEST(slope_z * scale == -0.5 / 0.390625, boost::test_tools::tolerance(tolerance));
    };
    Tape tape;
    const Scalar a = tape.variable(0.5 * scale), b = tape.variable(-0.375 * scale);
    const auto [da, db] = gradient(atan2(a, b), a, b);
    check(da, db, 1e-15);
    for (const DType dtype : {DType::f32, DType::f64}) {
      if (dtype == DType::f32 && (scale < 1e-30 || scale > 1e30)) continue;
      const Tensor x = tape.variable(full({}, 0.5 * scale, dtype)),
                   z = tape.variable(full({}, -0.375 * scale, dtype));
      const auto [dx, dz] = gradient(atan2(x, z), x, z);
      check(dx.item(), dz.item(), dtype == DType::f32 ? 1e-6 : 1e-15);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_mixed_derivative_of_a_power_is_there_at_exponent_0) {
  const std::vector<double> expected{0, 1 / 3.0, 1 / 3.0, std::log(3.0) * std::log(3.0)};
  const auto check = [&](const Tensor& curvature) {
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST(std::abs(curvature.to_vector()[i] - expected[i]) < 1e-15);
  };
  const auto of_tensors = [](const Tensor& u) {
    return sum(pow(slice(u, 0, 0, 1), slice(u, 0, 1, 2)));
  };
  const Tensor point = tensor({3.0, 0.0}, DType::f64);
  check(hessian(of_tensors, point));
  check(jacobian_reverse(grad(of_tensors), point));
  Tape tape;
  const Scalar x = tape.variable(3.0), z = tape.variable(0.0);
  check(hessian(pow(x, z), {x, z}));
  const Scalar slope = gradient(Scalar(pow(x, z)), x, {.create_graph = true});
  BOOST_TEST(gradient(slope, z) == 1 / 3.0);
}

BOOST_AUTO_TEST_CASE(fmod_and_remainder_are_exact_where_the_quotient_overflows) {
  const std::vector<std::pair<double, double>> wide{{1e300, 3e-10}, {-1.5e308, 1e-300}};
  for (const auto& [x, z] : wide) {
    const Tensor y = fmod(full({5}, x, DType::f64), full({5}, z, DType::f64));
    BOOST_TEST(y.to_vector()[4] == std::fmod(x, z));
    BOOST_TEST(remainder(full({}, x, DType::f64), full({}, z, DType::f64)).item() ==
               (x < 0 ? std::fmod(x, z) + z : std::fmod(x, z)));
  }
  BOOST_TEST(fmod(full({3}, 2e20), full({3}, 3e-20)).data<float>()[2] == std::fmod(2e20f, 3e-20f));
}

BOOST_AUTO_TEST_CASE(deviations_keep_their_digits_at_every_scale) {
  const Tensor base = tensor({1.0, 3.0, -2.0, 0.5}, DType::f64);
  const auto spread = [](const Tensor& u) { return tapestry::std(u); };
  const double expected = spread(base).item();
  const std::vector<double> slopes = grad(spread)(base).to_vector();
  for (const double scale : {1e-300, 1e-25, 1e25, 1e300})
    for (const DType dtype : {DType::f32, DType::f64}) {
      if (dtype == DType::f32 && (scale < 1e-30 || scale > 1e30)) continue;
      const double tolerance = dtype == DType::f32 ? 1e-6 : 1e-14;
      const Tensor x = (base * scale).to(dtype);
      BOOST_TEST(spread(x).item() / scale == expected, boost::test_tools::tolerance(tolerance));
      const std::vector<double> found = grad(spread)(x).to_vector();
      for (std::size_t i = 0; i < slopes.size(); ++i)
        BOOST_TEST(found[i] == slopes[i], boost::test_tools::tolerance(10 * tolerance));
    }
}

// A tensor of several registers and a rest, all the same, and one scalar.
BOOST_AUTO_TEST_CASE(exp_pow_and_gamma_are_finite_up_to_the_largest_number) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto of = [](double x) { return full({11}, x, DType::f64); };
  const auto check = [](const Tensor& y, Scalar scalar, double expected) {
    for (const double found : y.to_vector())
      BOOST_TEST(ulps_between(found, expected) <= 1, found << " is not " << expected);
    BOOST_TEST(ulps_between(scalar.value(), expected) <= 1);
  };
  double x = 709.782712893383973;
  for (int i = 0; i < 50; ++i, x = std::nextafter(x, 0))
    check(exp(of(x)), exp(Scalar(x)), std::exp(x));
  check(exp(of(709.78272)), exp(Scalar(709.78272)), kInfinity);
  for (double most = kMost; most > 1.7976e308; most *= 1 - 1e-6) {
    check(pow(of(most), of(1)), pow(Scalar(most), 1), most);
    check(pow(of(-most), of(1)), pow(Scalar(-most), 1), -most);
    check(pow(of(1 / most), of(-1)), pow(Scalar(1 / most), -1), std::pow(1 / most, -1));
  }
  check(pow(of(2), of(1023.9999999999999)), pow(Scalar(2), 1023.9999999999999),
        std::pow(2, 1023.9999999999999));
  check(pow(of(2), of(1024)), pow(Scalar(2), 1024), kInfinity);
  check(tgamma(of(171.62437695630271)), tgamma(Scalar(171.62437695630271)),
        std::tgamma(171.62437695630271));
}
