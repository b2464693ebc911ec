// Numbers with tangents: how a value moves along eight directions at once, carried with it through
// the page's functions. The page's vjp formulas over these give second derivatives.
//
// A tangent of zero contributes nothing, however steep the slope.
#pragma once

#include "engine/lanes.h"
#include "engine/node.h"

namespace tapestry::duals {

using Tangent = detail::Lanes;

struct Dual {
  double value = 0;
  Tangent tangent{};

  Dual(double x = 0) : value(x) {}  // NOLINT: numbers convert, and stand still
  Dual(double x, const Tangent& t) : value(x), tangent(t) {}

  bool is_zero() const { return value == 0 && tangent.is_zero(); }
  Dual& operator+=(const Dual& x) {
    value += x.value;
    tangent.add(1, x.tangent);
    return *this;
  }
  // A slope times an adjoint: where the adjoint is zero, so is the product.
  friend Dual pulled(const Dual& slope, const Dual& g) {
    Dual given(g.value == 0 ? 0 : slope.value * g.value);
    given.tangent.add(slope.value, g.tangent);
    if (g.value != 0) given.tangent.add(g.value, slope.tangent);
    return given;
  }
};

// One step of a statement, and its slope by operand `slot` once its value y is known. Of a function
// of one operand z is not read.
Dual step_value(const Step& step, const Dual& x, const Dual& z);
Dual step_slope(const Step& step, int slot, const Dual& x, const Dual& z, const Dual& y);

}  // namespace tapestry::duals
