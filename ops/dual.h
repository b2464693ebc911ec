// Numbers with tangents: how a value moves along eight directions at once, carried with it through
// the page's functions. The page's vjp formulas over these give second derivatives.
//
// A tangent of zero contributes nothing, however steep the slope.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "engine/node.h"

namespace tapestry::duals {

constexpr std::size_t kLanes = 8;  // a cache line, and a register where they are wide
using Tangent = std::array<double, kLanes>;

inline bool is_zero(const Tangent& t) {
  bool zero = true;
  for (double x : t) zero &= x == 0;
  return zero;
}
// Adds slope x.
inline void add_scaled(Tangent& sum, double slope, const Tangent& x) {
  if (std::isfinite(slope))
    for (std::size_t k = 0; k < kLanes; ++k) sum[k] += slope * x[k];
  else
    for (std::size_t k = 0; k < kLanes; ++k) sum[k] += x[k] == 0 ? 0 : slope * x[k];
}

struct Dual {
  double value = 0;
  Tangent tangent{};

  Dual(double x = 0) : value(x) {}  // NOLINT: numbers convert, and stand still
  Dual(double x, const Tangent& t) : value(x), tangent(t) {}

  bool is_zero() const { return value == 0 && duals::is_zero(tangent); }
  Dual& operator+=(const Dual& x) {
    value += x.value;
    for (std::size_t k = 0; k < kLanes; ++k) tangent[k] += x.tangent[k];
    return *this;
  }
  // A slope times an adjoint: where the adjoint is zero, so is the product.
  friend Dual pulled(const Dual& slope, const Dual& g) {
    Dual given(g.value == 0 ? 0 : slope.value * g.value);
    add_scaled(given.tangent, slope.value, g.tangent);
    if (g.value != 0) add_scaled(given.tangent, g.value, slope.tangent);
    return given;
  }
};

// One step of a statement, and its slope by operand `slot` once its value y is known. Of a function
// of one operand z is not read.
Dual step_value(const Step& step, const Dual& x, const Dual& z);
Dual step_slope(const Step& step, int slot, const Dual& x, const Dual& z, const Dual& y);

}  // namespace tapestry::duals
