// exp(-x^2) and the normal distribution over plain numbers. A square is taken with what rounding
// loses of it: its exponential would magnify that.
#pragma once

#include <cmath>
#include <limits>

namespace tapestry::detail::page_numbers {

// What rounding loses of x z: each is split into halves, whose products are exact (Dekker, A
// floating-point technique for extending the available precision, 1971).
template <class T>
T lost_of_product(T x, T z, T product) {
  constexpr int kHalf = (std::numeric_limits<T>::digits + 1) / 2;
  constexpr T kSplit = static_cast<T>((1LL << kHalf) + 1);
  const T a = kSplit * x, b = kSplit * z;
  const T x_high = a - (a - x), z_high = b - (b - z), x_low = x - x_high, z_low = z - z_high;
  return ((x_high * z_high - product) + x_high * z_low + x_low * z_high) + x_low * z_low;
}

// exp(-scale x^2); scale is a power of 2.
template <class T>
T exp_of_square(T scale, T x) {
  if (!(std::abs(x) < 200)) return x != x ? x : T(0);
  const T square = x * x;
  return std::exp(-scale * square) * (1 - scale * lost_of_product(x, x, square));
}
template <class T>
T gaussian(T x) {
  return exp_of_square(T(1), x);
}
template <class T>
T normal_pdf(T x) {
  return T(0.398942280401432677939946L) * exp_of_square(T(0.5), x);
}

// erfc(a) / 2 at a = -x / sqrt 2. Far out, what rounding loses of a counts.
template <class T>
T normal_cdf(T x) {
  constexpr long double kSqrtHalf = 0.707106781186547524400844L;
  constexpr T kHigh = static_cast<T>(kSqrtHalf), kLow = static_cast<T>(kSqrtHalf - kHigh);
  const T a = -x * kHigh;
  if (!(a > T(0.7) && a < 150)) return T(0.5) * std::erfc(a);
  const T lost = lost_of_product(-x, kHigh, a) - x * kLow;
  return T(0.5) * (std::erfc(a) - T(1.12837916709551257L) * lost * std::exp(-a * a));
}

}  // namespace tapestry::detail::page_numbers
