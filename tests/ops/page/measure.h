// How far a number is from the truth, in units in the last place.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "tests/ops/page/exact.h"

namespace tapestry::exact {

inline constexpr double kFarOff = 1e99;

// Units are those of the truth, or of the largest term of the sum that it is. Below the normal
// numbers they are those of the least normal one. What is right and too large for T is infinite.
template <class T>
double ulps_off(double found, const Sum& truth) {
  using Limits = std::numeric_limits<T>;
  constexpr Real largest = Limits::max(), nearly = largest * (1 - 8 * Real(Limits::epsilon()));
  const Real right = truth.number, size = std::abs(right);
  if (std::isnan(right)) return 0;
  if (std::isnan(found)) return kFarOff;
  if (size > nearly && std::isinf(found)) return (found > 0) == (right > 0) ? 0 : kFarOff;
  if (std::isinf(found) || size > 2 * largest) return kFarOff;
  if (static_cast<T>(right) == static_cast<T>(found)) return 0;
  const Real term = std::clamp<Real>(truth.term, Limits::min(), largest);
  const Real unit = std::max(std::ldexp(Real(Limits::epsilon()), std::ilogb(term)),
                             truth.factor * Limits::denorm_min());
  return static_cast<double>(std::abs(found - right) / unit);
}

// The partials at such a value have a bound.
template <class T>
bool is_bounded(const Sum& value) {
  const Real size = std::abs(value.number);
  return value.number == 0 ||
         (size >= std::numeric_limits<T>::min() && size <= std::numeric_limits<T>::max());
}

// Where an error is the largest.
struct Worst {
  double ulps = 0, x = 0, z = 0, found = 0;
  Real right = 0;
  void meet(double error, double at_x, double at_z, double number, Real truth) {
    if (!(error <= ulps)) *this = {error, at_x, at_z, number, truth};
  }
};
inline std::ostream& operator<<(std::ostream& out, const Worst& worst) {
  return out << worst.ulps << " ulps at " << worst.x << ", " << worst.z << ": " << worst.found
             << ", not " << worst.right;
}

}  // namespace tapestry::exact
