// The page's functions over plain numbers: double, and the few that integers have.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "ops/page/gamma.h"
#include "ops/page/normal.h"
#include "ops/page/partials.h"

namespace tapestry::detail::page_numbers {

using std::abs, std::cbrt, std::tgamma, std::erf, std::erfc, std::exp, std::exp2, std::expm1,
    std::floor, std::fmod, std::hypot, std::log, std::log10, std::log1p;
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh, std::ceil,
    std::cos, std::cosh;
using std::log2, std::pow, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

template <class T>
T round(T x) {
  return std::nearbyint(x);  // ties to even
}

template <class T>
T sign(T x) {
  return x > 0 ? T(1) : x < 0 ? T(-1) : x;  // keeps 0, -0 and NaN
}
template <class T>
T zero(T) {
  return T(0);
}
template <class T>
T where(bool mask, T a, T b) {
  return mask ? a : b;
}
template <class T>
T minimum(T x, T z) {
  return x != x || x < z ? x : z;
}
template <class T>
T maximum(T x, T z) {
  return x != x || x > z ? x : z;
}

#define TAPESTRY_SPECIAL inline
#include "ops/page/special-inl.h"
#undef TAPESTRY_SPECIAL

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)
#define TAPESTRY_UNARY_OF(name, value, vjp, kind, domain, ulps, doc) \
  template <class T>                                                 \
  T name(T x) {                                                      \
    return value;                                                    \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)
#define TAPESTRY_BINARY_OF(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  template <class T>                                                                       \
  T name(T x, T z) {                                                                       \
    return value;                                                                          \
  }
#include "ops/page/elementwise.def"

}  // namespace tapestry::detail::page_numbers
