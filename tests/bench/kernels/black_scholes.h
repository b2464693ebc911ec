// European calls by the formula of Black and Scholes (Journal of Political Economy 81, 1973):
//
//   S Phi(d1) - K exp(-r t) Phi(d2),   d1 = (log(S/K) + (r + s^2/2) t) / (s sqrt t),   d2 = d1 - s
//   sqrt t
//
// Inputs: (spot S, strike K, volatility s, rate r, maturity t) of each option. Result: the sum of
// the prices.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "engine/tensor/rng.h"

namespace tapestry::bench {
using namespace detail;

struct BlackScholes {
  int options;

  std::string name() const { return "black-scholes"; }

  std::vector<double> point() const {
    Rng rng(1);
    std::vector<double> x;
    for (int i = 0; i < options; ++i) {
      x.push_back(80 + 40 * rng.next_uniform());
      x.push_back(80 + 40 * rng.next_uniform());
      x.push_back(0.15 + 0.3 * rng.next_uniform());
      x.push_back(0.01 + 0.05 * rng.next_uniform());
      x.push_back(0.25 + 2 * rng.next_uniform());
    }
    return x;
  }

  template <class T>
  static T normal_cdf(const T& z) {
    using std::erfc;
    return 0.5 * erfc(-std::numbers::sqrt2 / 2 * z);
  }

  template <class T>
  static T price(const T& spot, const T& strike, const T& volatility, const T& rate,
                 const T& maturity) {
    using std::exp, std::log, std::sqrt;
    const T deviation = volatility * sqrt(maturity);
    const T d1 =
        (log(spot / strike) + (rate + 0.5 * volatility * volatility) * maturity) / deviation;
    const T d2 = d1 - deviation;
    return spot * normal_cdf(d1) - strike * exp(-rate * maturity) * normal_cdf(d2);
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (int i = 0; i < 5 * options; i += 5)
      sum += price(x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4]);
    return sum;
  }
};

}  // namespace tapestry::bench
