// The page over any number: value and partials of each function, as the kernels of statements call
// them.
#pragma once

#include "ops/page/partials.h"
#include "ops/scalar/cotangent.h"
#include "ops/scalar/rules.h"

namespace tapestry::detail {

// Of a number whose own functions have the page's names, and are found by its namespace: what a
// function gives, and the page's vjp in terms of others.
template <Unary op, class T>
struct UnaryFormula;
template <Binary op, class T>
struct BinaryFormula;

#define TAPESTRY_FORMULA(name, formula)                                   \
  static T name([[maybe_unused]] const T& x, [[maybe_unused]] const T& z, \
                [[maybe_unused]] const T& y, const T& adjoint) {          \
    using namespace partials;                                             \
    [[maybe_unused]] const Cotangent<T> g{adjoint};                       \
    return T(formula);                                                    \
  }
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  template <class T>                                             \
  struct UnaryFormula<Unary::op, T> {                            \
    static T value(const T& x) { return T(op(x)); }              \
    TAPESTRY_FORMULA(partial, vjp)                               \
  };
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  template <class T>                                                                   \
  struct BinaryFormula<Binary::op, T> {                                                \
    static T value(const T& x, const T& z) { return T(op(x, z)); }                     \
    TAPESTRY_FORMULA(partial_x, vjp_x)                                                 \
    TAPESTRY_FORMULA(partial_z, vjp_z)                                                 \
  };
#include "ops/page/elementwise.def"
#undef TAPESTRY_FORMULA

template <Unary op, class T>
struct UnaryRule : UnaryFormula<op, T> {};
template <Binary op, class T>
struct BinaryRule : BinaryFormula<op, T> {};

template <Unary op>
struct UnaryRule<op, double> : page_numbers::UnaryRule<op> {};
template <Binary op>
struct BinaryRule<op, double> : page_numbers::BinaryRule<op> {};

// A partial that is at hand times an adjoint; of plain numbers one that is not zero.
template <class T>
[[gnu::always_inline]] inline T times_partial(const T& g, const T& partial) {
  if constexpr (std::is_arithmetic_v<T>)
    return g * partial;
  else
    return T(PartialdCotangent<T, const T&, const T&>{g, partial});
}

// In double, and rounded: for + - * / and sqrt that is what float arithmetic gives, and no worse
// for the others.
template <Unary op>
struct UnaryRule<op, float> {
  using Rule = page_numbers::UnaryRule<op>;
  static float value(float x) { return static_cast<float>(Rule::value(x)); }
  static float partial(float x, float z, float y, float g) {
    return static_cast<float>(Rule::partial(x, z, y, g));
  }
};
template <Binary op>
struct BinaryRule<op, float> {
  using Rule = page_numbers::BinaryRule<op>;
  static float value(float x, float z) { return static_cast<float>(Rule::value(x, z)); }
  static float partial_x(float x, float z, float y, float g) {
    return static_cast<float>(Rule::partial_x(x, z, y, g));
  }
  static float partial_z(float x, float z, float y, float g) {
    return static_cast<float>(Rule::partial_z(x, z, y, g));
  }
};

}  // namespace tapestry::detail
