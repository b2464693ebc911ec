// A SIMD register as a number: the operators and selections in which the page's formulas are
// written. Included once for each target of Highway.
#if defined(TAPESTRY_OPS_LANE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_LANE_INL_H_
#undef TAPESTRY_OPS_LANE_INL_H_
#else
#define TAPESTRY_OPS_LANE_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
struct Lane {
  hn::Vec<D> v;
};
template <class D>
struct LaneMask {
  hn::Mask<D> m;
};

template <class D>
HWY_INLINE Lane<D> constant(D d, double c) {
  return {hn::Set(d, static_cast<hn::TFromD<D>>(c))};
}

#define TAPESTRY_LANE_ARITHMETIC(symbol, function)           \
  template <class D>                                         \
  HWY_INLINE Lane<D> operator symbol(Lane<D> a, Lane<D> b) { \
    return {hn::function(a.v, b.v)};                         \
  }                                                          \
  template <class D>                                         \
  HWY_INLINE Lane<D> operator symbol(Lane<D> a, double b) {  \
    return a symbol constant(D(), b);                        \
  }                                                          \
  template <class D>                                         \
  HWY_INLINE Lane<D> operator symbol(double a, Lane<D> b) {  \
    return constant(D(), a) symbol b;                        \
  }
TAPESTRY_LANE_ARITHMETIC(+, Add)
TAPESTRY_LANE_ARITHMETIC(-, Sub)
TAPESTRY_LANE_ARITHMETIC(*, Mul)
TAPESTRY_LANE_ARITHMETIC(/, Div)
#undef TAPESTRY_LANE_ARITHMETIC

#define TAPESTRY_LANE_COMPARISON(symbol, function)               \
  template <class D>                                             \
  HWY_INLINE LaneMask<D> operator symbol(Lane<D> a, Lane<D> b) { \
    return {hn::function(a.v, b.v)};                             \
  }                                                              \
  template <class D>                                             \
  HWY_INLINE LaneMask<D> operator symbol(Lane<D> a, double b) {  \
    return a symbol constant(D(), b);                            \
  }
TAPESTRY_LANE_COMPARISON(==, Eq)
TAPESTRY_LANE_COMPARISON(<, Lt)
TAPESTRY_LANE_COMPARISON(<=, Le)
TAPESTRY_LANE_COMPARISON(>, Gt)
TAPESTRY_LANE_COMPARISON(>=, Ge)
#undef TAPESTRY_LANE_COMPARISON

template <class D>
HWY_INLINE Lane<D> operator-(Lane<D> a) {
  return {hn::Neg(a.v)};
}
template <class D>
HWY_INLINE Lane<D> zero(Lane<D>) {
  return {hn::Zero(D())};
}
template <class D>
HWY_INLINE Lane<D> where(LaneMask<D> mask, Lane<D> a, Lane<D> b) {
  return {hn::IfThenElse(mask.m, a.v, b.v)};
}

template <class D>
HWY_INLINE bool any(LaneMask<D> mask) {
  return !hn::AllFalse(D(), mask.m);
}

template <class D>
HWY_INLINE Lane<D> abs(Lane<D> x) {
  return {hn::Abs(x.v)};
}
template <class D>
HWY_INLINE Lane<D> sqrt(Lane<D> x) {
  return {hn::Sqrt(x.v)};
}
template <class D>
HWY_INLINE Lane<D> floor(Lane<D> x) {
  return {hn::Floor(x.v)};
}
template <class D>
HWY_INLINE Lane<D> ceil(Lane<D> x) {
  return {hn::Ceil(x.v)};
}
template <class D>
HWY_INLINE Lane<D> round(Lane<D> x) {
  return {hn::Round(x.v)};
}
template <class D>
HWY_INLINE Lane<D> sign(Lane<D> x) {
  const Lane<D> one = constant(D(), 1);
  return where(x > 0, one, where(x < 0, -one, x));  // keeps 0, -0 and NaN
}
// x86's own minimum and maximum give the second operand when either is NaN.
template <class D>
HWY_INLINE Lane<D> minimum(Lane<D> x, Lane<D> z) {
  return {
      hn::IfThenElse(hn::IsNaN(x.v), x.v, hn::IfThenElse(hn::IsNaN(z.v), z.v, hn::Min(x.v, z.v)))};
}
template <class D>
HWY_INLINE Lane<D> maximum(Lane<D> x, Lane<D> z) {
  return {
      hn::IfThenElse(hn::IsNaN(x.v), x.v, hn::IfThenElse(hn::IsNaN(z.v), z.v, hn::Max(x.v, z.v)))};
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
