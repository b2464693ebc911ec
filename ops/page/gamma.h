// log gamma and its derivatives over plain numbers.
#pragma once

#include <cmath>

namespace tapestry::detail::page_numbers {

// As std::lgamma, but without its global sign.
inline float lgamma(float x) {
  int sign = 0;
  return ::lgammaf_r(x, &sign);
}
inline double lgamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}
inline long double lgamma(long double x) {
  int sign = 0;
  return ::lgammal_r(x, &sign);
}

// order! sum_k 1 / (x + k)^(order + 1) for order >= 1 and x >= 0. Terms are added until x + k
// reaches order + 14, where 12 terms of the Euler-Maclaurin series of the rest (Abramowitz & Stegun
// 6.4.11) are exact to some 1e-18. All are positive. Work grows as order^2.
template <class T>
T polygamma_sum(int order, T x) {
  // u (1 u) (2 u) ... (n u): factors one by one overflow only where their product does.
  const auto power = [](T u, int n) {
    T product = u;
    for (int i = 1; i <= n; ++i) product *= static_cast<T>(i) * u;
    return product;
  };
  T sum = 0, s = x;
  for (int k = 0; s < static_cast<T>(order + 14); s = x + static_cast<T>(++k))
    sum += power(1 / s, order);
  // B_2k / (2k)!
  constexpr long double kBernoulli[] = {1.L / 12,
                                        -1.L / 720,
                                        1.L / 30240,
                                        -1.L / 1209600,
                                        1.L / 47900160,
                                        -691.L / 1307674368000,
                                        1.L / 74724249600,
                                        -3617.L / 10670622842880000,
                                        43867.L / 5109094217170944000,
                                        -174611.L / 802857662698291200000.L,
                                        77683.L / 14101100039391805440000.L,
                                        -236364091.L / 1693824136731743669452800000.L};
  const T u = 1 / s, n = static_cast<T>(order);
  T series = T(1) / 2, factor = (n + 1) * u;
  for (int k = 1; k <= 12; ++k) {
    series += static_cast<T>(kBernoulli[k - 1]) * factor;
    factor *= (n + static_cast<T>(2 * k)) * u * ((n + static_cast<T>(2 * k + 1)) * u);
  }
  return sum + power(u, order - 1) * (1 + n * u * series);
}

// Derivative number order + 1 of log gamma, for order >= 1, to some order + 5 ulp for x > 0: the
// sum above with the sign of its order. For x < 0 the sum runs over all integers less those below
// x, and loses digits at the roots of even orders. At 0, -1, -2... odd orders are inf.
template <class T>
T polygamma(int order, T x) {
  const bool odd = order % 2 != 0;
  T sum;
  if (x < 0) {
    const T above = polygamma_sum(order, x - std::floor(x)),
            below = polygamma_sum(order, std::ceil(x) - x), beyond = polygamma_sum(order, 1 - x);
    sum = odd ? above + (below - beyond) : above - (below - beyond);
  } else {
    sum = polygamma_sum(order, x);
  }
  return odd ? sum : -sum;
}

}  // namespace tapestry::detail::page_numbers
