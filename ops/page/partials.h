// Partials of the page that a formula of its functions gives with loss, over plain numbers: where a
// result saturates, a square overflows or an exponent is rounded. A result at hand is used where it
// holds the partial's digits, and costs no call of the C library; `y` is that result.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/tensor/dtype.h"

namespace tapestry::detail::page_numbers {

// x e, where e is exp(x) for x <= 0, which may be subnormal when x e is not.
template <class T>
T times_exp(T x, T e) {
  if (e > std::numeric_limits<T>::min() * 4096) return x * e;
  const T half = std::exp(x / 2);
  return half == 0 ? T(0) : x * half * half;
}

// exp(x), where y is exp(x) - 1.
template <class T>
T exp_beside(T x, T y) {
  return y > T(-0.5) ? y + 1 : std::exp(x);
}

// 1 / cosh(x)^2, where y is tanh(x).
template <class T>
T sech_squared(T x, T y) {
  const T rest = 1 - y * y;
  if (rest >= T(0.5)) return rest;
  const T e = std::exp(-2 * std::abs(x));
  return 4 * e / ((1 + e) * (1 + e));
}

// sigmoid(x) sigmoid(-x), where y is sigmoid(x).
template <class T>
T logistic(T x, T y) {
  const T rest = 1 - y;
  if (rest >= T(0.25)) return y * rest;
  const T e = std::exp(-x);
  return e / ((1 + e) * (1 + e));
}

// 1 / (1 + x^2).
template <class T>
T cauchy(T x) {
  const T square = x * x;
  return square < T(1e30) ? 1 / (1 + square) : 1 / x * (1 / x);
}

// x / (x^2 + z^2), where the squares may overflow or vanish; 0 at infinity.
template <class T>
T over_squares(T x, T z) {
  if (std::isinf(x) || std::isinf(z)) return x != x || z != z ? x + z : T(0);
  const bool steep = std::abs(z) > std::abs(x);
  const T ratio = steep ? x / z : z / x, numerator = steep ? T(0.5) * ratio / z : T(0.5) / x;
  return numerator / (T(0.5) + T(0.5) * ratio * ratio);
}

// x / y, where y is hypot(x, z): the limit where x is infinite.
template <class T>
T over_hypot(T x, T y) {
  return std::isinf(x) ? std::copysign(T(1), x) : x / y;
}

// z x^(z - 1), where y is x^z: z y / x wherever that is a number, since z - 1 may be rounded.
template <class T>
T power_partial(T x, T z, T y) {
  if (std::abs(y) > std::numeric_limits<T>::min()) {
    const T partial = std::abs(z) < 1 || std::abs(y) < 1 ? z * y / x : z * (y / x);
    if (std::isfinite(partial)) return partial;
  }
  const T below = std::pow(x, z - 1);
  return z == 0 || below == 0 ? T(0) : z * below;
}

}  // namespace tapestry::detail::page_numbers

// The same over numbers that are differentiated again, by functions of the page that are smooth
// where these have not vanished, and compare nothing, so that a recording holds for other operands.
namespace tapestry::detail::partials {

template <class N>
N exp_beside(const N& x, const N&) {
  return exp(x);
}
// From where on 1 / cosh(x)^2 is 0 in numbers of x's precision.
template <class N>
double end_of_sech(const N& x) {
  if constexpr (requires { x.value(); })
    return end_of_sech(x.value());
  else if constexpr (requires { x.dtype(); })
    return x.dtype() == DType::f32 ? 54 : 375;
  else
    return std::is_same_v<N, float> ? 54 : 375;
}
// 1 / cosh(x), from there on a constant: cosh would overflow, and what x varies with, too.
template <class N>
N sech(const N& x) {
  const N end = zero(x) + end_of_sech(x);
  return 1.0 / cosh(minimum(maximum(x, N(-end)), end));
}
template <class N>
N sech_squared(const N& x, const N&) {
  const N y = sech(x);
  return y * y;
}
template <class N>
N logistic(const N& x, const N&) {
  return sigmoid(x) * sigmoid(-x);
}
template <class N>
N cauchy(const N& x) {
  const N y = 1.0 / hypot(zero(x) + 1.0, x);
  return y * y;
}
template <class N>
N over_squares(const N& x, const N& z) {
  const N length = hypot(x, z);
  return mul_zero(N(1.0 / length), N(x / length));
}
template <class N>
N power_partial(const N& x, const N& z, const N&) {
  return mul_zeros(z, N(pow(x, z - 1.0)));
}
template <class N>
N silu_partial(const N& x) {
  return sigmoid(x) + mul_zero(N(sigmoid(-x)), N(silu(x)));
}
template <class N>
N mish_partial(const N& x) {
  const N exponent = softplus(x), bend = sech(exponent);
  return tanh(exponent) + mul_zero(N(bend * bend), N(silu(x)));
}

// Of an active number its value's.
template <class N>
auto is_infinite(const N& x) {
  if constexpr (requires { x.value(); })
    return is_infinite(x.value());
  else if constexpr (requires { x.shape(); })
    return isinf(x);
  else
    return x == std::numeric_limits<double>::infinity() ||
           x == -std::numeric_limits<double>::infinity();
}
template <class N>
N over_hypot(const N& x, const N& y) {
  return where(is_infinite(x), N(sign(x)), N(x / y));
}

}  // namespace tapestry::detail::partials
