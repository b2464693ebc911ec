// What the sweeps ask of a number, besides arithmetic.
#pragma once

#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

// Whether nothing flows: the adjoint of a branch that was not taken gives nothing, however steep
// the partials. Of an active number this is known only where no tape follows it.
inline bool is_zero(double x) { return x == 0; }
inline bool is_zero(float x) { return x == 0; }
template <class T>
bool is_zero(const BasicScalar<T>& x) {
  return !x.is_tracked() && is_zero(x.value());
}

// Whether it is several numbers side by side, each with an adjoint of its own.
template <class T>
inline constexpr bool has_lanes = false;

// Whether no tape follows it, so that a zero gives nothing and costs nothing.
template <class T>
inline constexpr bool is_plain_number = std::is_arithmetic_v<T> || has_lanes<T>;

// Adds to an adjoint.
inline void add_to(double& sum, double x) { sum += x; }
inline void add_to(float& sum, float x) { sum += x; }
template <class T>
void add_to(BasicScalar<T>& sum, const BasicScalar<T>& x) {
  if (is_zero(x)) return;
  sum = is_zero(sum) ? x : BasicScalar<T>(sum + x);
}

}  // namespace tapestry::detail
