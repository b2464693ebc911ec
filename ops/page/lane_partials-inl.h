// Partials of the page for SIMD registers, as ops/page/partials.h has them. They need no result.
#if defined(TAPESTRY_OPS_LANE_PARTIALS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_LANE_PARTIALS_INL_H_
#undef TAPESTRY_OPS_LANE_PARTIALS_INL_H_
#else
#define TAPESTRY_OPS_LANE_PARTIALS_INL_H_
#endif

#include <limits>

#include "ops/page/lane_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class D>
HWY_INLINE Lane<D> times_exp(Lane<D> x, Lane<D> e) {
  constexpr auto kLeast = static_cast<double>(std::numeric_limits<hn::TFromD<D>>::min());
  const LaneMask<D> tiny = e <= kLeast * 4096;
  if (!any(tiny)) return x * e;
  const Lane<D> half = exp(x * 0.5);
  return where(tiny, where(half == 0, half, x * half * half), x * e);
}

template <class D>
HWY_INLINE Lane<D> exp_beside(Lane<D> x, Lane<D>) {
  return exp(x);
}
template <class D>
HWY_INLINE Lane<D> logistic(Lane<D> x, Lane<D>) {
  const Lane<D> e = exp(-abs(x)), above = 1 + e;
  return e / (above * above);
}
template <class D>
HWY_INLINE Lane<D> sech_squared(Lane<D> x, Lane<D> y) {
  return 4 * logistic(2 * x, y);
}
template <class D>
HWY_INLINE Lane<D> cauchy(Lane<D> x) {
  const Lane<D> square = x * x, near = 1 / (1 + square);
  const LaneMask<D> far = square > 1e30;
  if (!any(far)) return near;
  const Lane<D> inverse = 1 / x;
  return where(far, inverse * inverse, near);
}
template <class D>
HWY_INLINE Lane<D> over_squares(Lane<D> x, Lane<D> z) {
  const LaneMask<D> steep = abs(z) > abs(x);
  const Lane<D> large = where(steep, z, x), ratio = where(steep, x, z) / large;
  const Lane<D> y = where(steep, 0.5 * ratio, zero(x) + 0.5) / large / (0.5 + 0.5 * ratio * ratio);
  return where(abs(x) + abs(z) == kInfinity, where(abs(large) == kInfinity, zero(x), y), y);
}
template <class D>
HWY_INLINE Lane<D> over_hypot(Lane<D> x, Lane<D> y) {
  const LaneMask<D> infinite = abs(x) == kInfinity;
  return any(infinite) ? where(infinite, sign(x), x / y) : x / y;
}
template <class D>
HWY_INLINE Lane<D> power_partial(Lane<D> x, Lane<D> z, Lane<D> y) {
  constexpr auto kLeast = static_cast<double>(std::numeric_limits<hn::TFromD<D>>::min());
  const Lane<D> one = constant(D(), 1);
  const LaneMask<D> small = minimum(abs(z), abs(y)) < 1;
  const Lane<D> ratio = where(small, z * y, y) / x;
  const Lane<D> partial = where(small, one, z) * ratio;
  const LaneMask<D> whole = where(abs(y) > kLeast, partial - partial, one) == 0;
  if (!any(LaneMask<D>{hn::Not(whole.m)})) return partial;
  const Lane<D> below = pow(x, z - 1);
  return where(whole, partial, where(z == 0, z, where(below == 0, below, z * below)));
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
