// The functions of the page over active scalars, and their operators. Plain numbers convert.
// Comparisons compare values and give plain bool.
#pragma once

#include <cmath>

#include "engine/scalar.h"

namespace tapestry {

#define UNARY(name, value, vjp, kind, domain, ulps, doc) Scalar name(Scalar x);
#define BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  Scalar name(Scalar x, Scalar z);
#define PREDICATE(op, result, doc)   \
  inline bool op(Scalar scalar) {    \
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

// Derivative number order + 1 of lgamma; order 0 is digamma. Error for negative orders.
Scalar polygamma(int order, Scalar x);

inline Scalar operator-(Scalar x) { return neg(x); }
inline Scalar operator+(Scalar x) { return x; }
inline Scalar operator+(Scalar x, Scalar z) { return add(x, z); }
inline Scalar operator-(Scalar x, Scalar z) { return sub(x, z); }
inline Scalar operator*(Scalar x, Scalar z) { return mul(x, z); }
inline Scalar operator/(Scalar x, Scalar z) { return div(x, z); }
inline Scalar& operator+=(Scalar& x, Scalar z) { return x = add(x, z); }
inline Scalar& operator-=(Scalar& x, Scalar z) { return x = sub(x, z); }
inline Scalar& operator*=(Scalar& x, Scalar z) { return x = mul(x, z); }
inline Scalar& operator/=(Scalar& x, Scalar z) { return x = div(x, z); }

inline bool operator==(Scalar x, Scalar z) { return x.value() == z.value(); }
inline bool operator!=(Scalar x, Scalar z) { return x.value() != z.value(); }
inline bool operator<(Scalar x, Scalar z) { return x.value() < z.value(); }
inline bool operator<=(Scalar x, Scalar z) { return x.value() <= z.value(); }
inline bool operator>(Scalar x, Scalar z) { return x.value() > z.value(); }
inline bool operator>=(Scalar x, Scalar z) { return x.value() >= z.value(); }

inline Scalar zero(Scalar) { return 0.0; }
// The taken branch alone.
inline Scalar where(bool mask, Scalar a, Scalar b) { return mask ? a : b; }

}  // namespace tapestry
