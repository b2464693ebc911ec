// exp(-x^2) and the normal distribution for SIMD registers, as ops/page/normal.h has them.
#if defined(TAPESTRY_OPS_LANE_NORMAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_LANE_NORMAL_INL_H_
#undef TAPESTRY_OPS_LANE_NORMAL_INL_H_
#else
#define TAPESTRY_OPS_LANE_NORMAL_INL_H_
#endif

#include "ops/page/lane-inl.h"
#include "ops/page/lane_erf-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

#if HWY_NATIVE_FMA
template <class D>
HWY_INLINE Lane<D> lost_of_product(Lane<D> x, Lane<D> z, Lane<D> product) {
  return {hn::MulSub(x.v, z.v, product.v)};
}
#else
template <class D>
HWY_INLINE Lane<D> lost_of_product(Lane<D> x, Lane<D> z, Lane<D> product) {
  constexpr double kSplit = sizeof(hn::TFromD<D>) == 4 ? 4097 : 134217729;
  const Lane<D> a = kSplit * x, b = kSplit * z;
  const Lane<D> x_high = a - (a - x), z_high = b - (b - z), x_low = x - x_high, z_low = z - z_high;
  return ((x_high * z_high - product) + x_high * z_low + x_low * z_high) + x_low * z_low;
}
#endif

template <class D>
HWY_INLINE Lane<D> exp_of_square(double scale, Lane<D> far_x) {
  const Lane<D> x = where(abs(far_x) > 200, constant(D(), 200), far_x);
  const Lane<D> square = x * x;
  return exp(-scale * square) * (1 - scale * lost_of_product(x, x, square));
}
template <class D>
HWY_INLINE Lane<D> gaussian(Lane<D> x) {
  return exp_of_square(1, x);
}
template <class D>
HWY_INLINE Lane<D> normal_pdf(Lane<D> x) {
  return 0.39894228040143268 * exp_of_square(0.5, x);
}

template <class D>
HWY_INLINE Lane<D> normal_cdf(Lane<D> x) {
  using T = hn::TFromD<D>;
  constexpr long double kSqrtHalf = 0.707106781186547524400844L;
  constexpr double kHigh = static_cast<T>(kSqrtHalf), kLow = static_cast<double>(kSqrtHalf - kHigh);
  const Lane<D> size = where(abs(x) > 200, constant(D(), 200), abs(x));
  const Lane<D> a = size * kHigh,
                lost = lost_of_product(size, constant(D(), kHigh), a) + size * kLow;
#if HWY_NATIVE_FMA
  const Lane<D> tail = 0.5 * Lane<D>{erfc_of_size<D>(a.v, lost.v)};
#else
  const Lane<D> tail = 0.5 * (erfc(a) - 1.1283791670955126 * lost * exp(-a * a));
#endif
  return where(x < 0, tail, 1 - tail);
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
