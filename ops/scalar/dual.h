// Numbers with tangents: how a value moves along eight directions at once, carried with it through
// the page's functions. The page's vjp formulas over these give second derivatives.
//
// A tangent of zero contributes nothing, however steep the partial.
#pragma once

#include "engine/scalar/lanes.h"
#include "engine/tape/node.h"
#include "ops/scalar/paged.h"

namespace tapestry {

struct Dual {
  double value = 0;
  Lanes tangent{};

  Dual() = default;
  Dual(double x) : value(x) {}  // NOLINT: numbers convert, and stand still
  Dual(double x, const Lanes& t) : value(x), tangent(t) {}

  friend Dual operator+(const Dual& x) { return x; }
  friend Dual operator+(const Dual& x, const Dual& z) {
    return {x.value + z.value, x.tangent + z.tangent};
  }
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
#define TAPESTRY_ASSIGNMENT(symbol) \
  Dual& operator symbol##=(const Dual& x) { return *this = *this symbol x; }
  TAPESTRY_ASSIGNMENT(+)
  TAPESTRY_ASSIGNMENT(-)
  TAPESTRY_ASSIGNMENT(*)
  TAPESTRY_ASSIGNMENT(/)
#undef TAPESTRY_ASSIGNMENT
#define TAPESTRY_COMPARISON(symbol) \
  friend bool operator symbol(const Dual& x, const Dual& z) { return x.value symbol z.value; }
  TAPESTRY_COMPARISON(==)
  TAPESTRY_COMPARISON(!=)
  TAPESTRY_COMPARISON(<)
  TAPESTRY_COMPARISON(<=)
  TAPESTRY_COMPARISON(>)
  TAPESTRY_COMPARISON(>=)
#undef TAPESTRY_COMPARISON

  // What the sweeps and the page's formulas ask of a number.
  friend Dual zero(const Dual&) { return {}; }
  friend bool is_zero(const Dual& x) { return x.value == 0 && is_zero(x.tangent); }
  friend void add_to(Dual& sum, const Dual& x) { sum += x; }
};

inline Dual where(bool mask, const Dual& a, const Dual& b) { return mask ? a : b; }

namespace detail {

template <>
inline constexpr bool is_plain_number<Dual> = true;
template <>
inline constexpr bool is_paged<Dual> = true;
Dual unary_value(Unary op, const Dual& x);
Dual binary_value(Binary op, const Dual& x, const Dual& z);

}  // namespace detail

Dual polygamma(int order, const Dual& x);

namespace detail {

// A step of a statement.
const StepRule<Dual>& dual_rule(const Step& step);

}  // namespace detail

}  // namespace tapestry

template <>
struct std::numeric_limits<tapestry::Dual> : tapestry::detail::LimitsOf<tapestry::Dual, double> {};

template <>
struct fmt::formatter<tapestry::Dual> : tapestry::detail::PlainFormatter<double> {
  auto format(const tapestry::Dual& x, format_context& context) const {
    context.advance_to(PlainFormatter::format(x.value, context));
    return fmt::format_to(context.out(), " {}", x.tangent);
  }
};
