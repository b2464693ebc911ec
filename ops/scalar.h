// The functions of the page over active scalars, and their operators. They build expressions
// (ops/expression.h); assigned to a Scalar, an expression is recorded as one statement. Plain
// numbers convert. Comparisons compare values and give plain bool.
#pragma once

#include <cmath>

#include "ops/compared.h"
#include "ops/statement.h"
#include "ops/stepwise.h"

namespace tapestry {

#define UNARY(name, value, vjp, kind, domain, ulps, doc) \
  template <ActiveNumber A>                              \
  [[gnu::always_inline]] inline auto name(const A& x) {  \
    return make_unary<Unary::name>(x);                   \
  }
#define BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)          \
  template <NumberOperand A, NumberOperand B>                                           \
  requires(ActiveNumber<A> || ActiveNumber<B>) [[gnu::always_inline]] inline auto name( \
      const A& x, const B& z) {                                                         \
    return make_binary<Binary::name>(x, z);                                             \
  }
#define PREDICATE(op, result, doc)   \
  template <ActiveNumber A>          \
  bool op(const A& scalar) {         \
    const double x = scalar.value(); \
    return result;                   \
  }
#include "ops/elementwise.def"

// Plain numbers stay plain where tapestry's overloads would hide the standard ones.
using std::abs, std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh,
    std::ceil, std::cos;
using std::cosh, std::erf, std::erfc, std::exp, std::exp2, std::expm1, std::floor, std::fmod,
    std::hypot, std::log, std::log10, std::log1p;
using std::isfinite, std::isinf, std::isnan, std::lgamma;
using std::log2, std::pow, std::round, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

// The C library's names of minimum and maximum.
template <NumberOperand A, NumberOperand B>
requires(ActiveNumber<A> || ActiveNumber<B>)
    [[gnu::always_inline]] inline auto fmin(const A& x, const B& z) {
  return minimum(x, z);
}
template <NumberOperand A, NumberOperand B>
requires(ActiveNumber<A> || ActiveNumber<B>)
    [[gnu::always_inline]] inline auto fmax(const A& x, const B& z) {
  return maximum(x, z);
}

// Derivative number order + 1 of lgamma; order 0 is digamma. Error for negative orders.
inline Scalar polygamma(int order, Scalar x) { return polygamma(order, Stepwise(x)); }

template <ActiveNumber A>
[[gnu::always_inline]] inline auto operator-(const A& x) {
  return neg(x);
}
template <ActiveNumber A>
A operator+(const A& x) {
  return x;
}
#define TAPESTRY_OPERATOR(symbol, name)                                                            \
  template <NumberOperand A, NumberOperand B>                                                      \
  requires(ActiveNumber<A> || ActiveNumber<B>) [[gnu::always_inline]] inline auto operator symbol( \
      const A& x, const B& z) {                                                                    \
    return name(x, z);                                                                             \
  }                                                                                                \
  template <NumberOperand B>                                                                       \
  [[gnu::always_inline]] inline Scalar& operator symbol##=(Scalar& x, const B& z) {                \
    return x = name(x, z);                                                                         \
  }
TAPESTRY_OPERATOR(+, add)
TAPESTRY_OPERATOR(-, sub)
TAPESTRY_OPERATOR(*, mul)
TAPESTRY_OPERATOR(/, div)
#undef TAPESTRY_OPERATOR

inline Scalar zero(Scalar) { return 0.0; }
// The taken branch alone.
inline Scalar where(bool mask, Scalar a, Scalar b) { return mask ? a : b; }

}  // namespace tapestry

template <tapestry::ScalarExpressionType E>
struct fmt::formatter<E> : fmt::formatter<double> {
  auto format(const E& x, format_context& context) const {
    return fmt::formatter<double>::format(x.value(), context);
  }
};
