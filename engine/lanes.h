// Eight numbers that a walk carries at once: the adjoints, or the tangents, of as many directions.
#pragma once

#include <cmath>
#include <cstddef>

namespace tapestry::detail {

inline constexpr std::size_t kLanes = 8;  // a cache line, and a register where they are wide

struct Lanes {
  double of[kLanes] = {};

  double& operator[](std::size_t k) { return of[k]; }
  double operator[](std::size_t k) const { return of[k]; }
  bool is_zero() const {
    bool zero = true;
    for (double x : of) zero &= x == 0;
    return zero;
  }
  // Adds slope x, and nothing where x is zero, however steep the slope.
  void add(double slope, const Lanes& x) {
    if (std::isfinite(slope))
      for (std::size_t k = 0; k < kLanes; ++k) of[k] += slope * x.of[k];
    else
      for (std::size_t k = 0; k < kLanes; ++k) of[k] += x.of[k] == 0 ? 0 : slope * x.of[k];
  }
};

}  // namespace tapestry::detail
