// Logarithms of probability densities, constants left out.
#pragma once

#include <cmath>

namespace tapestry::bench {

// -((x - mean) / deviation)^2 / 2 - log(deviation)
template <class T, class X, class M, class S>
T log_normal_density(const X& x, const M& mean, const S& deviation) {
  using std::log;
  const T z = (x - mean) / deviation;
  return -0.5 * z * z - log(deviation);
}

// The same for a standard normal.
template <class T>
T log_normal_density(const T& x) {
  return -0.5 * x * x;
}

// -log(1 + (x / scale)^2)
template <class T>
T log_cauchy_density(const T& x, double scale) {
  using std::log;
  const T z = x / scale;
  return -log(1.0 + z * z);
}

}  // namespace tapestry::bench
