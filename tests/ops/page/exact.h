// The page's functions and their partials in long double, by formulas other than the page's, good
// to some 2^-60. Its exponents reach far beyond those of double, so nothing overflows on the way.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace tapestry::exact {

using Real = long double;

// A number, and the largest term of the sum that it is: where terms of a smooth function cancel,
// at a zero of its own, errors are counted in units in the last place of that.
struct Sum {
  Real number, term, factor = 1;
  Sum(Real x) : number(x), term(std::abs(x)) {}  // NOLINT: converts
  Sum(Real a, Real b) : number(a + b), term(std::max(std::abs(a), std::abs(b))) {}
  // By which a subnormal number, right to one of the smallest, is multiplied.
  Sum times(Real x) const {
    Sum product = *this;
    product.factor = std::max(std::abs(x), Real(1));
    return product;
  }
};
struct UnaryTruth {
  Sum value, partial;
};
struct BinaryTruth {
  Sum value, partial_x, partial_z;
};

inline constexpr Real kPi = 3.14159265358979323846264338327950288L,
                      kLn2 = 0.693147180559945309417232121458176568L,
                      kLn10 = 2.30258509299404568401799145468436421L,
                      kTwoOverSqrtPi = 1.12837916709551257389615890312154517L,
                      kSqrtHalf = 0.707106781186547524400844362104849039L,
                      kOneOverSqrt2Pi = 0.398942280401432677939946059934381868L;

inline Real sign(Real x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
inline Real square(Real x) { return x * x; }

// exp(-scale x^2): the square in two parts, the first exact.
inline Real exp_of_square(Real scale, Real x) {
  if (!(std::abs(x) < 200)) return std::isnan(x) ? x : 0;
  const Real high = static_cast<float>(x);
  return std::exp(-scale * high * high) * std::exp(-scale * (x - high) * (x + high));
}
// erfc(-x / sqrt 2) / 2, with the rounding of the quotient made good.
inline Real normal_cdf(Real x) {
  if (!(std::abs(x) < 200)) return std::isnan(x) ? x : x > 0;
  const Real low = 1.895032558893257079655e-20L;  // of sqrt(1/2) beyond a long double
  const Real a = -x * kSqrtHalf, lost = std::fma(-x, kSqrtHalf, -a) - x * low;
  return 0.5L * (std::erfc(a) - lost * kTwoOverSqrtPi * std::exp(-a * a));
}
inline Real normal_pdf(Real x) { return kOneOverSqrt2Pi * exp_of_square(0.5L, x); }
inline Real sigmoid(Real x) {
  const Real e = std::exp(-std::abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
inline Real logistic(Real x) {
  const Real e = std::exp(-std::abs(x));
  return e / square(1 + e);
}
inline Real softplus(Real x) { return std::log1p(std::exp(-std::abs(x))) + std::max(x, Real(0)); }
inline Real sech_squared(Real x) {
  const Real e = std::exp(-2 * std::abs(x));
  return 4 * e / square(1 + e);
}

// x > 0: the recurrence up to 40, then the asymptotic series.
inline Real digamma(Real x) {
  Real sum = 0;
  for (; x < 40; x += 1) sum -= 1 / x;
  const Real w = 1 / (x * x);
  return sum + std::log(x) - 0.5L / x -
         w * (1 / 12.L - w * (1 / 120.L - w * (1 / 252.L - w * (1 / 240.L - w / 132))));
}
inline Real trigamma(Real x) {
  Real sum = 0;
  for (; x < 40; x += 1) sum += 1 / (x * x);
  const Real w = 1 / (x * x);
  return sum + 1 / x + w / 2 +
         w / x * (1 / 6.L - w * (1 / 30.L - w * (1 / 42.L - w * (1 / 30.L - w * 5 / 66))));
}

// Newton's method on log erfc, which is nearly straight, or near 0 on erf.
inline Real erfinv(Real x) {
  const Real t = std::abs(x);
  if (!(t < 1) || t == 0)
    return t == 0   ? x
           : t == 1 ? std::copysign(std::numeric_limits<Real>::infinity(), x)
                    : std::nan("");
  Real y = t < 0.5L ? t / kTwoOverSqrtPi : std::sqrt(-std::log1p(-t * t) * 0.75L);
  for (int step = 0; step < 60; ++step) {
    const Real slope = kTwoOverSqrtPi * exp_of_square(1, y);
    y += t < 0.5L ? (t - std::erf(y)) / slope
                  : std::erfc(y) / slope * std::log(std::erfc(y) / (1 - t));
  }
  return x < 0 ? -y : y;
}

// (x cosh x - sinh x) / cosh x, the numerator by its series, whose terms have one sign.
inline Real tanhshrink(Real x) {
  if (std::abs(x) > 2) return x - std::tanh(x);
  Real power = x, sum = 0;
  for (int k = 1; k < 40; ++k) {
    power *= x * x / ((2.0L * k) * (2 * k + 1));
    sum += 2 * k * power;
  }
  return sum / std::cosh(x);
}

// exp(x) / (exp(x) + exp(z)).
inline Real share(Real x, Real z) {
  if (x == z && std::isinf(x)) return x < 0 ? 0 : x - z;
  return sigmoid(x - z);
}
// 1 / (1 + tail), tail = exp(-|x|), of both signs of x; and what tanh(softplus(x)) is.
inline Real mish_factor(Real x) {
  const Real e = std::exp(-std::abs(x));
  return x < 0 ? e * (e + 2) / (e * (e + 2) + 2) : (1 + 2 * e) / (1 + 2 * e + 2 * e * e);
}
inline Real mish_bend(Real x) {  // sigmoid(x) (1 - mish_factor(x)^2)
  const Real e = std::exp(-std::abs(x));
  return x < 0 ? 4 * e * (1 + e) / square(e * (e + 2) + 2)
               : 4 * e * e * (1 + e) / square(1 + 2 * e + 2 * e * e);
}
// The product of which the first factor is zero at the end of the other.
inline Real times(Real zero, Real x) { return zero == 0 ? 0 : zero * x; }

namespace functions {

inline UnaryTruth neg(Real x) { return {-x, -1}; }
inline UnaryTruth abs(Real x) { return {std::abs(x), sign(x)}; }
inline UnaryTruth sign(Real x) { return {exact::sign(x), 0}; }
inline UnaryTruth floor(Real x) { return {std::floor(x), 0}; }
inline UnaryTruth ceil(Real x) { return {std::ceil(x), 0}; }
inline UnaryTruth round(Real x) { return {std::nearbyint(x), 0}; }
inline UnaryTruth sqrt(Real x) { return {std::sqrt(x), 0.5L / std::sqrt(x)}; }
inline UnaryTruth exp(Real x) { return {std::exp(x), std::exp(x)}; }
inline UnaryTruth exp2(Real x) { return {std::exp2(x), kLn2 * std::exp2(x)}; }
inline UnaryTruth expm1(Real x) { return {std::expm1(x), std::exp(x)}; }
inline UnaryTruth log(Real x) { return {std::log(x), 1 / x}; }
inline UnaryTruth log2(Real x) { return {std::log2(x), 1 / kLn2 / x}; }
inline UnaryTruth log10(Real x) { return {std::log10(x), 1 / kLn10 / x}; }
inline UnaryTruth log1p(Real x) { return {std::log1p(x), 1 / (1 + x)}; }
inline UnaryTruth sin(Real x) { return {std::sin(x), std::cos(x)}; }
inline UnaryTruth cos(Real x) { return {std::cos(x), -std::sin(x)}; }
inline UnaryTruth tan(Real x) { return {std::tan(x), 1 / square(std::cos(x))}; }
inline UnaryTruth asin(Real x) { return {std::asin(x), 1 / std::sqrt((1 - x) * (1 + x))}; }
inline UnaryTruth acos(Real x) { return {std::acos(x), -1 / std::sqrt((1 - x) * (1 + x))}; }
inline UnaryTruth atan(Real x) { return {std::atan(x), 1 / (1 + x * x)}; }
inline UnaryTruth sinh(Real x) { return {std::sinh(x), std::cosh(x)}; }
inline UnaryTruth cosh(Real x) { return {std::cosh(x), std::sinh(x)}; }
inline UnaryTruth tanh(Real x) { return {std::tanh(x), sech_squared(x)}; }
inline UnaryTruth asinh(Real x) { return {std::asinh(x), 1 / std::sqrt(1 + x * x)}; }
inline UnaryTruth acosh(Real x) { return {std::acosh(x), 1 / std::sqrt((x - 1) * (x + 1))}; }
inline UnaryTruth atanh(Real x) { return {std::atanh(x), 1 / ((1 - x) * (1 + x))}; }
inline UnaryTruth erf(Real x) { return {std::erf(x), kTwoOverSqrtPi * exp_of_square(1, x)}; }
inline UnaryTruth erfc(Real x) { return {std::erfc(x), -kTwoOverSqrtPi * exp_of_square(1, x)}; }
inline UnaryTruth erfinv(Real x) {
  const Real y = exact::erfinv(x);
  return {y, std::exp(y * y) / kTwoOverSqrtPi};
}
inline UnaryTruth cbrt(Real x) {
  const Real y = ::cbrtl(x);
  return {y, 1 / (3 * y * y)};
}
inline UnaryTruth tgamma(Real x) {
  const Real y = ::tgammal(x);
  return {y, y * exact::digamma(x)};
}
inline UnaryTruth lgamma(Real x) {
  int sign = 0;
  return {::lgammal_r(x, &sign), exact::digamma(x)};
}
inline UnaryTruth digamma(Real x) { return {exact::digamma(x), trigamma(x)}; }
inline UnaryTruth gaussian(Real x) {
  return {exp_of_square(1, x), times(exp_of_square(1, x), -2 * x)};
}
inline UnaryTruth normal_pdf(Real x) {
  return {exact::normal_pdf(x), times(exact::normal_pdf(x), -x)};
}
inline UnaryTruth normal_cdf(Real x) { return {exact::normal_cdf(x), exact::normal_pdf(x)}; }
inline UnaryTruth square(Real x) { return {x * x, 2 * x}; }
inline UnaryTruth reciprocal(Real x) { return {1 / x, -1 / (x * x)}; }
inline UnaryTruth rsqrt(Real x) { return {1 / std::sqrt(x), -0.5L / (x * std::sqrt(x))}; }
inline UnaryTruth sigmoid(Real x) { return {exact::sigmoid(x), logistic(x)}; }
inline UnaryTruth softplus(Real x) { return {exact::softplus(x), exact::sigmoid(x)}; }
inline UnaryTruth relu(Real x) { return {std::max(x, Real(0)), x > 0}; }
inline UnaryTruth silu(Real x) {
  return {times(exact::sigmoid(x), x), {exact::sigmoid(x), times(logistic(x), x)}};
}
inline UnaryTruth gelu(Real x) {
  return {Sum(times(exact::normal_cdf(x), x)).times(x),
          Sum(exact::normal_cdf(x), times(exact::normal_pdf(x), x)).times(x)};
}
inline UnaryTruth leaky_relu(Real x) { return {x >= 0 ? x : x / 100, x >= 0 ? 1 : 0.01L}; }
inline UnaryTruth elu(Real x) { return {x > 0 ? x : std::expm1(x), x > 0 ? 1 : std::exp(x)}; }
inline UnaryTruth selu(Real x) {
  constexpr Real scale = 1.0507009873554804934193349852946L,
                 alpha = 1.6732632423543772848170429916717L;
  return {x > 0 ? scale * x : scale * alpha * std::expm1(x),
          x > 0 ? scale : scale * alpha * std::exp(x)};
}
inline UnaryTruth mish(Real x) {
  return {times(mish_factor(x), x), {mish_factor(x), times(mish_bend(x), x)}};
}
inline UnaryTruth hardswish(Real x) {
  return {x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6, x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6};
}
inline UnaryTruth log_sigmoid(Real x) { return {-exact::softplus(-x), exact::sigmoid(-x)}; }
inline UnaryTruth softsign(Real x) {
  return {std::isinf(x) ? exact::sign(x) : x / (1 + std::abs(x)),
          1 / exact::square(1 + std::abs(x))};
}
inline UnaryTruth tanhshrink(Real x) { return {exact::tanhshrink(x), exact::square(std::tanh(x))}; }

inline BinaryTruth add(Real x, Real z) { return {x + z, 1, 1}; }
inline BinaryTruth sub(Real x, Real z) { return {x - z, 1, -1}; }
inline BinaryTruth mul(Real x, Real z) { return {x * z, z, x}; }
inline BinaryTruth div(Real x, Real z) { return {x / z, 1 / z, -x / z / z}; }
inline BinaryTruth pow(Real x, Real z) {
  const Real y = std::pow(x, z);
  return {y, times(z, std::pow(x, z - 1)), y == 0 ? 0 : y * std::log(x)};
}
inline BinaryTruth atan2(Real x, Real z) {
  const Real r = x * x + z * z;
  return {std::atan2(x, z), std::isinf(r) ? 0 : z / r, std::isinf(r) ? 0 : -x / r};
}
inline BinaryTruth minimum(Real x, Real z) {
  return {std::min(x, z), x == z ? 0.5L : x < z, x == z ? 0.5L : z < x};
}
inline BinaryTruth maximum(Real x, Real z) {
  return {std::max(x, z), x == z ? 0.5L : x > z, x == z ? 0.5L : z > x};
}
inline BinaryTruth hypot(Real x, Real z) {
  const Real h = std::hypot(x, z);
  const auto over = [&](Real u) {
    return std::isinf(u) && std::isfinite(x + z - u) ? sign(u).value.number : u / h;
  };
  return {h, h == 0 ? 0 : over(x), h == 0 ? 0 : over(z)};
}
inline BinaryTruth logaddexp(Real x, Real z) {
  const Real high = std::max(x, z), more = x == z ? kLn2 : std::log1p(std::exp(-std::abs(x - z)));
  return {{high, more}, share(x, z), share(z, x)};
}
inline BinaryTruth logistic_share(Real x, Real z) {
  const Real bend = share(x, z) * share(z, x);
  return {share(x, z), bend, -bend};
}
inline BinaryTruth mul_zero(Real x, Real z) { return {x == 0 ? 0 : x * z, z, x}; }
inline BinaryTruth mul_zeros(Real x, Real z) { return {x == 0 || z == 0 ? 0 : x * z, z, x}; }
inline BinaryTruth fmod(Real x, Real z) { return {std::fmod(x, z), 1, -std::trunc(x / z)}; }
inline BinaryTruth remainder(Real x, Real z) {
  const Real rest = std::fmod(x, z);
  const Real y = sign(rest).value.number * z < 0 ? rest + z : rest;
  return {y, 1, -std::floor(x / z)};
}

}  // namespace functions
}  // namespace tapestry::exact
