// For code that says std::exp(x) where it should say exp(x): the page's functions of active
// scalars in namespace std, under the names that <cmath> has for them.
//
// The standard permits no overloads in namespace std, so a program that includes this is
// formally undefined, though every library in use takes it: CoDiPack and ADOL-C do the same. The
// right way needs no header: `using std::exp; exp(x)` finds the standard function for plain numbers
// and tapestry's for scalars. Include this before the code that needs it, and not in a header of
// your own.
//
// std::max and std::min of two Scalars are the standard's, and branch; of a Scalar and another
// number or an expression they are the page's.
#pragma once

#include "engine/base/language.h"
//
#include <cmath>
#include <type_traits>

#include "ops/complex.h"
#include "ops/scalar/c_math.h"

namespace tapestry::detail {
// What ActiveNumber is, and weaker: where lookup finds both overloads, tapestry's is taken.
template <class T>
concept ActiveInStd = ActiveNumber<T> || std::is_void_v<T>;
}  // namespace tapestry::detail

namespace std {  // NOLINT(cert-dcl58-cpp): see above

#define TAPESTRY_IN_STD(name, op)                                        \
  template <tapestry::detail::ActiveInStd A>                             \
  [[gnu::always_inline]] inline auto name(const A& x) {                  \
    return tapestry::detail::make_unary<tapestry::detail::Unary::op>(x); \
  }
#define TAPESTRY_IN_STD_OF_TWO(name, op)                                      \
  template <class A, class B>                                                 \
  requires(tapestry::detail::ActiveOperands<A, B> || std::is_void_v<A>)       \
      [[gnu::always_inline]] inline auto                                      \
      name(const A& x, const B& z) {                                          \
    return tapestry::detail::make_binary<tapestry::detail::Binary::op>(x, z); \
  }
// Those that the page does not have.
#define TAPESTRY_IN_STD_COMPOSED(name)       \
  template <tapestry::detail::ActiveInStd A> \
  inline auto name(const A& x) {             \
    return tapestry::name(x);                \
  }
#define TAPESTRY_IN_STD_COMPOSED_OF_TWO(name)                                             \
  template <class A, class B>                                                             \
  requires(tapestry::detail::ActiveOperands<A, B> || std::is_void_v<A>) inline auto name( \
      const A& x, const B& z) {                                                           \
    return tapestry::name(x, z);                                                          \
  }
#define TAPESTRY_IN_STD_AND(name, Second)       \
  template <tapestry::detail::ActiveInStd A>    \
  inline auto name(const A& x, Second second) { \
    return tapestry::name(x, second);           \
  }

TAPESTRY_IN_STD(abs, abs)
TAPESTRY_IN_STD(fabs, abs)
TAPESTRY_IN_STD(floor, floor)
TAPESTRY_IN_STD(ceil, ceil)
TAPESTRY_IN_STD(rint, round)
TAPESTRY_IN_STD(nearbyint, round)
TAPESTRY_IN_STD(sqrt, sqrt)
TAPESTRY_IN_STD(exp, exp)
TAPESTRY_IN_STD(exp2, exp2)
TAPESTRY_IN_STD(expm1, expm1)
TAPESTRY_IN_STD(log, log)
TAPESTRY_IN_STD(log2, log2)
TAPESTRY_IN_STD(log10, log10)
TAPESTRY_IN_STD(log1p, log1p)
TAPESTRY_IN_STD(sin, sin)
TAPESTRY_IN_STD(cos, cos)
TAPESTRY_IN_STD(tan, tan)
TAPESTRY_IN_STD(asin, asin)
TAPESTRY_IN_STD(acos, acos)
TAPESTRY_IN_STD(atan, atan)
TAPESTRY_IN_STD(sinh, sinh)
TAPESTRY_IN_STD(cosh, cosh)
TAPESTRY_IN_STD(tanh, tanh)
TAPESTRY_IN_STD(asinh, asinh)
TAPESTRY_IN_STD(acosh, acosh)
TAPESTRY_IN_STD(atanh, atanh)
TAPESTRY_IN_STD(erf, erf)
TAPESTRY_IN_STD(erfc, erfc)
TAPESTRY_IN_STD(lgamma, lgamma)

TAPESTRY_IN_STD(cbrt, cbrt)
TAPESTRY_IN_STD(tgamma, tgamma)

TAPESTRY_IN_STD_OF_TWO(pow, pow)
TAPESTRY_IN_STD_OF_TWO(atan2, atan2)
TAPESTRY_IN_STD_OF_TWO(hypot, hypot)
TAPESTRY_IN_STD_OF_TWO(fmod, fmod)
TAPESTRY_IN_STD_OF_TWO(fmin, minimum)
TAPESTRY_IN_STD_OF_TWO(fmax, maximum)

template <class A, class B, class C>
requires(tapestry::detail::OneActive<A, B, C> || std::is_void_v<A>)
    [[gnu::always_inline]] inline auto fma(const A& x, const B& z, const C& w) {
  return tapestry::fma(x, z, w);
}

TAPESTRY_IN_STD_COMPOSED(trunc)
TAPESTRY_IN_STD_COMPOSED(round)
TAPESTRY_IN_STD_COMPOSED(lround)
TAPESTRY_IN_STD_COMPOSED(llround)
TAPESTRY_IN_STD_COMPOSED(lrint)
TAPESTRY_IN_STD_COMPOSED(llrint)
TAPESTRY_IN_STD_COMPOSED(logb)
TAPESTRY_IN_STD_COMPOSED(ilogb)
TAPESTRY_IN_STD_COMPOSED(signbit)
TAPESTRY_IN_STD_COMPOSED(fpclassify)
TAPESTRY_IN_STD_COMPOSED(isnormal)
TAPESTRY_IN_STD_COMPOSED(isnan)
TAPESTRY_IN_STD_COMPOSED(isinf)
TAPESTRY_IN_STD_COMPOSED(isfinite)

TAPESTRY_IN_STD_COMPOSED_OF_TWO(fdim)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(copysign)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(remainder)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(isgreater)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(isgreaterequal)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(isless)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(islessequal)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(islessgreater)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(isunordered)

TAPESTRY_IN_STD_AND(ldexp, int)
TAPESTRY_IN_STD_AND(scalbn, int)
TAPESTRY_IN_STD_AND(scalbln, long)
TAPESTRY_IN_STD_AND(frexp, int*)

template <tapestry::detail::ActiveInStd A, class W>
inline auto modf(const A& x, W* whole) {
  return tapestry::modf(x, whole);
}
template <class A, class B, class C>
requires(tapestry::detail::OneActive<A, B, C> ||
         std::is_void_v<A>) inline auto hypot(const A& x, const B& z, const C& w) {
  return tapestry::hypot(x, z, w);
}
// Of two of one type the standard's template is the more special one.
TAPESTRY_IN_STD_COMPOSED_OF_TWO(min)
TAPESTRY_IN_STD_COMPOSED_OF_TWO(max)

#undef TAPESTRY_IN_STD
#undef TAPESTRY_IN_STD_OF_TWO
#undef TAPESTRY_IN_STD_COMPOSED
#undef TAPESTRY_IN_STD_COMPOSED_OF_TWO
#undef TAPESTRY_IN_STD_AND

}  // namespace std
