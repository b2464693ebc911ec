// For code that says std::exp(x) where it should say exp(x): the page's functions of active
// scalars in namespace std, under the names that <cmath> has for them.
//
// The standard lets nobody add overloads to namespace std, so a program that includes this is
// formally undefined, though every library in use takes it: CoDiPack and ADOL-C do the same. The
// right way needs no header: `using std::exp; exp(x)` finds the standard function for plain numbers
// and tapestry's for scalars. Include this before the code that needs it, and not in a header of
// your own.
//
// Left out: std::round, whose ties go away from zero while the page's go to even, which is
// std::rint; std::remainder, which is not the page's; std::hypot of three, see ops/scalar.h;
// std::max and std::min, which take two Scalars as they are and branch.
#pragma once

#include "engine/language.h"
//
#include <cmath>
#include <type_traits>

#include "ops/scalar.h"

namespace tapestry {
// What ActiveNumber is, and weaker: where lookup finds both overloads, tapestry's is taken.
template <class T>
concept ActiveInStd = detail::ActiveNumber<T> || std::is_void_v<T>;
}  // namespace tapestry

namespace std {  // NOLINT(cert-dcl58-cpp): see above

#define TAPESTRY_IN_STD(name, op)                                        \
  template <tapestry::ActiveInStd A>                                     \
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
#define TAPESTRY_IN_STD_A_QUESTION(name) \
  template <tapestry::ActiveInStd A>     \
  inline bool name(const A& x) {         \
    return tapestry::name(x);            \
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

template <tapestry::ActiveInStd A>
[[gnu::always_inline]] inline auto trunc(const A& x) {
  return tapestry::trunc(x);
}

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

TAPESTRY_IN_STD_A_QUESTION(isnan)
TAPESTRY_IN_STD_A_QUESTION(isinf)
TAPESTRY_IN_STD_A_QUESTION(isfinite)

#undef TAPESTRY_IN_STD
#undef TAPESTRY_IN_STD_OF_TWO
#undef TAPESTRY_IN_STD_A_QUESTION

}  // namespace std
