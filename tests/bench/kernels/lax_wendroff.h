// Linear advection on a periodic line by the scheme of Lax and Wendroff in flux form, second order
// in time and space:
//
//   F[i+1/2] = c/2 (q[i] + q[i+1]) - c^2/2 (q[i+1] - q[i]),   q[i] += F[i-1/2] - F[i+1/2]
//
// (LeVeque, Finite Volume Methods for Hyperbolic Problems, section 6.1; the advection kernel of
// Hogan, ACM TOMS 40, 2014). Inputs: the cells at the start. Result: the sum of their squares at
// the end.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace tapestry::bench {
using namespace detail;

struct LaxWendroff {
  int cells, steps;
  double courant = 0.4;

  std::string name() const { return "lax-wendroff"; }

  std::vector<double> point() const {
    std::vector<double> q;
    for (int i = 0; i < cells; ++i)
      q.push_back(1.5 + std::sin(2 * std::numbers::pi * i / cells) + (i % 5 == 0 ? 0.1 : 0));
    return q;
  }

  template <class T>
  T operator()(const std::vector<T>& start) const {
    const double mean = 0.5 * courant, slope = 0.5 * courant * courant;
    std::vector<T> q = start, flux(start.size());  // flux[i] flows from cell i to the next
    for (int step = 0; step < steps; ++step) {
      for (int i = 0; i + 1 < cells; ++i)
        flux[i] = mean * (q[i] + q[i + 1]) - slope * (q[i + 1] - q[i]);
      const int last = cells - 1;
      flux[last] = mean * (q[last] + q[0]) - slope * (q[0] - q[last]);
      q[0] += flux[last] - flux[0];
      for (int i = 1; i < cells; ++i) q[i] += flux[i - 1] - flux[i];
    }
    T sum = 0;
    for (int i = 0; i < cells; ++i) sum += q[i] * q[i];
    return sum;
  }
};

}  // namespace tapestry::bench
