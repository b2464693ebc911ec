// Numbers with tangents: how a value moves along eight directions at once, carried with it through
// the page's functions. The page's vjp formulas over these give second derivatives.
//
// A tangent of zero contributes nothing, however steep the slope.
#pragma once

#include "engine/lanes.h"
#include "engine/node.h"
#include "ops/paged.h"

namespace tapestry {

struct Dual {
  double value = 0;
  Lanes tangent{};

  Dual() = default;
  Dual(double x) : value(x) {}  // NOLINT: numbers convert, and stand still
  Dual(double x, const Lanes& t) : value(x), tangent(t) {}

  Dual& operator+=(const Dual& x) {
    value += x.value;
    tangent += x.tangent;
    return *this;
  }
  friend Dual operator+(Dual x, const Dual& z) { return x += z; }
  friend Dual operator-(const Dual& x) { return {-x.value, -x.tangent}; }
  friend Dual operator-(const Dual& x, const Dual& z) { return x + -z; }
  friend Dual operator*(const Dual& x, const Dual& z) {
    Dual y(x.value * z.value);
    y.tangent.add(z.value, x.tangent);
    y.tangent.add(x.value, z.tangent);
    return y;
  }
  friend Dual operator/(const Dual& x, const Dual& z) {
    Dual y(x.value / z.value);
    y.tangent.add(1 / z.value, x.tangent);
    y.tangent.add(-y.value / z.value, z.tangent);
    return y;
  }
#define TAPESTRY_COMPARISON(symbol) \
  friend bool operator symbol(const Dual& x, const Dual& z) { return x.value symbol z.value; }
  TAPESTRY_COMPARISON(==)
  TAPESTRY_COMPARISON(!=)
  TAPESTRY_COMPARISON(<)
  TAPESTRY_COMPARISON(<=)
  TAPESTRY_COMPARISON(>)
  TAPESTRY_COMPARISON(>=)
#undef TAPESTRY_COMPARISON
};

inline Dual zero(const Dual&) { return {}; }
inline Dual where(bool mask, const Dual& a, const Dual& b) { return mask ? a : b; }
inline bool is_zero(const Dual& x) { return x.value == 0 && is_zero(x.tangent); }
inline void add_to(Dual& sum, const Dual& x) { sum += x; }

template <>
inline constexpr bool is_paged<Dual> = true;
Dual unary_value(Unary op, const Dual& x);
Dual binary_value(Binary op, const Dual& x, const Dual& z);
Dual polygamma(int order, const Dual& x);

namespace detail {

// A slope times an adjoint: where the adjoint is zero, so is the product.
inline Dual pulled(const Dual& slope, const Dual& g) {
  Dual given(g.value == 0 ? 0 : slope.value * g.value);
  given.tangent.add(slope.value, g.tangent);
  if (g.value != 0) given.tangent.add(g.value, slope.tangent);
  return given;
}

// One step of a statement, and its slope by operand `slot` once its value y is known. Of a function
// of one operand z is not read.
Dual step_value(const Step& step, const Dual& x, const Dual& z);
Dual step_slope(const Step& step, int slot, const Dual& x, const Dual& z, const Dual& y);

}  // namespace detail

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::Dual> : fmt::formatter<double> {
  auto format(const tapestry::Dual& x, format_context& context) const {
    context.advance_to(fmt::formatter<double>::format(x.value, context));
    return fmt::format_to(context.out(), " {}", x.tangent);
  }
};
