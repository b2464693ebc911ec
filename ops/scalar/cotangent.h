// g, the adjoint, in the page's formulas. A formula is linear in g, and these types have no
// operation that is not; so it is read as g times a partial, and a g of zero stays zero where the
// partial is infinite, in plain sweeps and recorded ones alike (a plain sweep divides by x where
// these multiply by 1 / x, which may be an ulp apart). The product is a function of g and partial
// both, differentiable at zeros: `where(g == 0, ...)` would cut off what g varies with.
//
// T is what the formula is read over: tensors, active scalars, lanes, dual numbers. The types refer
// to g, which outlives the formula: a copy of lanes would be laid out in memory.
#pragma once

#include "engine/base/language.h"
//
#include <type_traits>

namespace tapestry::detail {

// g alone.
template <class T>
struct Cotangent {
  using Adjoint = T;
  const T& g;
  explicit operator T() const { return g; }
};

// A number times g.
template <class T>
struct ScaledCotangent {
  using Adjoint = T;
  const T& g;
  double factor;
  [[gnu::always_inline]] explicit operator T() const {
    return factor == -1 ? T(-g) : T(g * factor);
  }
};

// g, or a number times g, times a partial, which may be an expression. G is T or a reference to
// one.
template <class T, class G, class Partial>
struct PartialdCotangent {
  using Adjoint = T;
  G g;
  Partial partial;
  [[gnu::always_inline]] explicit operator T() const { return T(mul_zero(g, partial)); }
};

template <class C>
concept CotangentType = requires {
  typename C::Adjoint;
};

#define TAPESTRY_COTANGENT_OPERATOR(symbol, of_one)                                       \
  template <class T, class Z>                                                             \
  requires(!std::is_arithmetic_v<Z>) [[gnu::always_inline]] inline auto operator symbol(  \
      const Cotangent<T>& g, const Z& z) {                                                \
    using Partial = std::remove_cvref_t<decltype(of_one)>;                                \
    return PartialdCotangent<T, const T&, Partial>{g.g, of_one};                          \
  }                                                                                       \
  template <class T, class Z>                                                             \
  requires(!std::is_arithmetic_v<Z>) [[gnu::always_inline]] inline auto operator symbol(  \
      const ScaledCotangent<T>& g, const Z& z) {                                          \
    using Partial = std::remove_cvref_t<decltype(of_one)>;                                \
    return PartialdCotangent<T, T, Partial>{T(g), of_one};                                \
  }                                                                                       \
  template <class T, class G, class S, class Z>                                           \
  [[gnu::always_inline]] inline auto operator symbol(const PartialdCotangent<T, G, S>& g, \
                                                     const Z& z) {                        \
    using Partial = std::remove_cvref_t<decltype(g.partial symbol z)>;                    \
    return PartialdCotangent<T, G, Partial>{g.g, g.partial symbol z};                     \
  }
TAPESTRY_COTANGENT_OPERATOR(*, z)
TAPESTRY_COTANGENT_OPERATOR(/, 1.0 / z)
#undef TAPESTRY_COTANGENT_OPERATOR

template <class T>
[[gnu::always_inline]] inline ScaledCotangent<T> operator*(const Cotangent<T>& g, double c) {
  return {g.g, c};
}
template <class T>
[[gnu::always_inline]] inline ScaledCotangent<T> operator*(const ScaledCotangent<T>& g, double c) {
  return {g.g, g.factor * c};
}
template <CotangentType C>
[[gnu::always_inline]] inline auto operator*(double c, const C& g) {
  return g * c;
}
template <CotangentType C>
[[gnu::always_inline]] inline auto operator-(const C& g) {
  return g * -1.0;
}
template <CotangentType C>
[[gnu::always_inline]] inline auto zero(const C& g) {
  return zero(g.g);
}
template <CotangentType C, class Z>
[[gnu::always_inline]] inline auto mul_zeros(const C& g, const Z& z) {
  using T = typename C::Adjoint;
  return T(mul_zeros(T(g), z));
}
template <class Mask, CotangentType A, class B>
[[gnu::always_inline]] inline auto where(const Mask& mask, const A& a, const B& b) {
  using T = typename A::Adjoint;
  return T(where(mask, T(a), T(b)));
}
template <class Mask, class A, CotangentType B>
requires(!CotangentType<A>)
    [[gnu::always_inline]] inline auto where(const Mask& mask, const A& a, const B& b) {
  return A(where(mask, a, A(b)));
}

}  // namespace tapestry::detail
