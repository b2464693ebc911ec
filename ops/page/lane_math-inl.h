// The mathematical library for SIMD registers: SLEEF, in the variant of each of Highway's targets,
// but for the error functions where there are fused multiply-adds.
// SLEEF's header declares only what the compiler's flags allow, and targets here are chosen at run
// time, so the declarations stand here.
#if defined(TAPESTRY_OPS_LANE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_LANE_MATH_INL_H_
#undef TAPESTRY_OPS_LANE_MATH_INL_H_
#else
#define TAPESTRY_OPS_LANE_MATH_INL_H_
#endif

#include <limits>

#include "ops/page/gamma.h"
#include "ops/page/lane-inl.h"
#include "ops/page/lane_erf-inl.h"

// Where no register variant fits, number by number.
#define TAPESTRY_SLEEF_NAME_(name, type, accuracy, suffix) Sleef_##name##type##_##accuracy##suffix
#define TAPESTRY_SLEEF_NAME(name, type, accuracy, suffix) \
  TAPESTRY_SLEEF_NAME_(name, type, accuracy, suffix)

#undef TAPESTRY_SLEEF_EXACT
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2 || \
    HWY_TARGET == HWY_SSE4
#define TAPESTRY_SLEEF_EXACT(name, type, suffix) TAPESTRY_SLEEF_NAME(name, type, , suffix)
#else
#define TAPESTRY_SLEEF_EXACT_(name, type) Sleef_##name##type
#define TAPESTRY_SLEEF_EXACT(name, type, suffix) TAPESTRY_SLEEF_EXACT_(name, type)
#endif

#undef TAPESTRY_SLEEF_F32
#undef TAPESTRY_SLEEF_F64
#undef TAPESTRY_SLEEF_SUFFIX
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define TAPESTRY_SLEEF_F32 f16
#define TAPESTRY_SLEEF_F64 d8
#define TAPESTRY_SLEEF_SUFFIX avx512f
#elif HWY_TARGET == HWY_AVX2
#define TAPESTRY_SLEEF_F32 f8
#define TAPESTRY_SLEEF_F64 d4
#define TAPESTRY_SLEEF_SUFFIX avx2
#elif HWY_TARGET == HWY_SSE4
#define TAPESTRY_SLEEF_F32 f4
#define TAPESTRY_SLEEF_F64 d2
#define TAPESTRY_SLEEF_SUFFIX sse4
#else
#define TAPESTRY_SLEEF_F32 f
#define TAPESTRY_SLEEF_F64
#define TAPESTRY_SLEEF_SUFFIX
#endif

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2 || \
    HWY_TARGET == HWY_SSE4
using RawF32 = decltype(hn::Vec<hn::ScalableTag<float>>::raw);
using RawF64 = decltype(hn::Vec<hn::ScalableTag<double>>::raw);
#define TAPESTRY_LANE_CALL1(function) \
  x.v = hn::Vec<D> { function(x.v.raw) }
#define TAPESTRY_LANE_CALL2(function) \
  x.v = hn::Vec<D> { function(x.v.raw, z.v.raw) }
#else
using RawF32 = float;
using RawF64 = double;
#define TAPESTRY_LANE_CALL1(function)                                            \
  alignas(64) hn::TFromD<D> numbers[HWY_MAX_BYTES / 4];                          \
  hn::Store(x.v, D(), numbers);                                                  \
  for (size_t i = 0; i < hn::Lanes(D()); ++i) numbers[i] = function(numbers[i]); \
  x.v = hn::Load(D(), numbers)
#define TAPESTRY_LANE_CALL2(function)                                                       \
  alignas(64) hn::TFromD<D> numbers[HWY_MAX_BYTES / 4];                                     \
  alignas(64) hn::TFromD<D> others[HWY_MAX_BYTES / 4];                                      \
  hn::Store(x.v, D(), numbers);                                                             \
  hn::Store(z.v, D(), others);                                                              \
  for (size_t i = 0; i < hn::Lanes(D()); ++i) numbers[i] = function(numbers[i], others[i]); \
  x.v = hn::Load(D(), numbers)
#endif

#define TAPESTRY_SLEEF1_AS(function, name, accuracy)                                       \
  extern "C" [[gnu::const]] RawF32 TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F32, accuracy, \
                                                       TAPESTRY_SLEEF_SUFFIX)(RawF32);     \
  extern "C" [[gnu::const]] RawF64 TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F64, accuracy, \
                                                       TAPESTRY_SLEEF_SUFFIX)(RawF64);     \
  template <class D>                                                                       \
  HWY_INLINE Lane<D> function(Lane<D> x) {                                                 \
    if constexpr (sizeof(hn::TFromD<D>) == 4) {                                            \
      TAPESTRY_LANE_CALL1(                                                                 \
          TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F32, accuracy, TAPESTRY_SLEEF_SUFFIX)); \
    } else {                                                                               \
      TAPESTRY_LANE_CALL1(                                                                 \
          TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F64, accuracy, TAPESTRY_SLEEF_SUFFIX)); \
    }                                                                                      \
    return x;                                                                              \
  }
#define TAPESTRY_SLEEF1(name, accuracy) TAPESTRY_SLEEF1_AS(name, name, accuracy)
#define TAPESTRY_SLEEF2_AS(name, f32_name, f64_name)         \
  extern "C" [[gnu::const]] RawF32 f32_name(RawF32, RawF32); \
  extern "C" [[gnu::const]] RawF64 f64_name(RawF64, RawF64); \
  template <class D>                                         \
  HWY_INLINE Lane<D> name(Lane<D> x, Lane<D> z) {            \
    if constexpr (sizeof(hn::TFromD<D>) == 4) {              \
      TAPESTRY_LANE_CALL2(f32_name);                         \
    } else {                                                 \
      TAPESTRY_LANE_CALL2(f64_name);                         \
    }                                                        \
    return x;                                                \
  }
#define TAPESTRY_SLEEF2(name, accuracy)                                                     \
  TAPESTRY_SLEEF2_AS(                                                                       \
      name, TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F32, accuracy, TAPESTRY_SLEEF_SUFFIX), \
      TAPESTRY_SLEEF_NAME(name, TAPESTRY_SLEEF_F64, accuracy, TAPESTRY_SLEEF_SUFFIX))

TAPESTRY_SLEEF1_AS(near_exp, exp, u10)
TAPESTRY_SLEEF1(exp2, u10)
TAPESTRY_SLEEF1(expm1, u10)
TAPESTRY_SLEEF1(log, u10)
TAPESTRY_SLEEF1(log2, u10)
TAPESTRY_SLEEF1(log10, u10)
TAPESTRY_SLEEF1_AS(near_log1p, log1p, u10)
TAPESTRY_SLEEF1(sin, u10)
TAPESTRY_SLEEF1(cos, u10)
TAPESTRY_SLEEF1(tan, u10)
TAPESTRY_SLEEF1(asin, u10)
TAPESTRY_SLEEF1(acos, u10)
TAPESTRY_SLEEF1(atan, u10)
TAPESTRY_SLEEF1_AS(near_sinh, sinh, u10)
TAPESTRY_SLEEF1_AS(near_cosh, cosh, u10)
TAPESTRY_SLEEF1_AS(near_tanh, tanh, u10)
TAPESTRY_SLEEF1_AS(near_asinh, asinh, u10)
TAPESTRY_SLEEF1_AS(near_acosh, acosh, u10)
TAPESTRY_SLEEF1(atanh, u10)
#if !HWY_NATIVE_FMA  // or in ops/page/lane_erf-inl.h
TAPESTRY_SLEEF1(erf, u10)
TAPESTRY_SLEEF1(erfc, u15)
#endif
TAPESTRY_SLEEF1(cbrt, u10)
TAPESTRY_SLEEF1_AS(near_tgamma, tgamma, u10)
TAPESTRY_SLEEF1_AS(near_lgamma, lgamma, u10)
TAPESTRY_SLEEF2_AS(near_pow,
                   TAPESTRY_SLEEF_NAME(pow, TAPESTRY_SLEEF_F32, u10, TAPESTRY_SLEEF_SUFFIX),
                   TAPESTRY_SLEEF_NAME(pow, TAPESTRY_SLEEF_F64, u10, TAPESTRY_SLEEF_SUFFIX))
TAPESTRY_SLEEF2(atan2, u10)
TAPESTRY_SLEEF2(hypot, u05)

// Exact, and named without an accuracy.
TAPESTRY_SLEEF2_AS(near_fmod, TAPESTRY_SLEEF_EXACT(fmod, TAPESTRY_SLEEF_F32, TAPESTRY_SLEEF_SUFFIX),
                   TAPESTRY_SLEEF_EXACT(fmod, TAPESTRY_SLEEF_F64, TAPESTRY_SLEEF_SUFFIX))
// SLEEF divides, and where the quotient overflows gives NaN.
template <class D>
HWY_INLINE Lane<D> fmod(Lane<D> x, Lane<D> z) {
  using T = hn::TFromD<D>;
  const Lane<D> y = near_fmod(x, z);
  if (!any(abs(x / z) == std::numeric_limits<double>::infinity())) return y;
  alignas(64) T numbers[HWY_MAX_BYTES / 4], others[HWY_MAX_BYTES / 4];
  hn::Store(x.v, D(), numbers);
  hn::Store(z.v, D(), others);
  for (size_t i = 0; i < hn::Lanes(D()); ++i) numbers[i] = std::fmod(numbers[i], others[i]);
  return {hn::Load(D(), numbers)};
}

// y, or where `early` f(x, z), one number after the other. For what SLEEF gives as infinite within
// 2e-6 of the largest double.
template <class D, class F>
[[gnu::cold]] HWY_NOINLINE Lane<D> unless_early(LaneMask<D> early, Lane<D> y, Lane<D> x, Lane<D> z,
                                                F f) {
  if (!any(early)) return y;
  using T = hn::TFromD<D>;
  const D d;
  alignas(64) T xs[HWY_MAX_BYTES / sizeof(T)], zs[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(x.v, d, xs);
  hn::Store(z.v, d, zs);
  for (size_t i = 0; i < hn::Lanes(d); ++i) xs[i] = static_cast<T>(f(xs[i], zs[i]));
  return where(early, Lane<D>{hn::Load(d, xs)}, y);
}
template <class D>
HWY_INLINE Lane<D> exp(Lane<D> x) {
  const Lane<D> y = near_exp(x);
  if constexpr (sizeof(hn::TFromD<D>) == 4) return y;
  const LaneMask<D> high = x > 709.7827;
  if (!any(high)) [[likely]]
    return y;
  const LaneMask<D> early{hn::And(high.m, (x < 709.7828).m)};
  return unless_early(early, y, x, x, [](double a, double) { return std::exp(a); });
}
template <class D>
HWY_INLINE Lane<D> tgamma(Lane<D> x) {
  const Lane<D> y = near_tgamma(x);
  if constexpr (sizeof(hn::TFromD<D>) == 4) return y;
  const LaneMask<D> high = x > 171.624;
  if (!any(high)) [[likely]]
    return y;
  const LaneMask<D> early{hn::And(high.m, (x < 171.625).m)};
  return unless_early(early, y, x, x, [](double a, double) { return std::tgamma(a); });
}
template <class D>
HWY_INLINE Lane<D> pow(Lane<D> x, Lane<D> z) {
  const Lane<D> y = near_pow(x, z);
  if constexpr (sizeof(hn::TFromD<D>) == 4) return y;
  const LaneMask<D> infinite = abs(y) == std::numeric_limits<double>::infinity();
  if (!any(infinite)) [[likely]]
    return y;
  const LaneMask<D> early{hn::And(infinite.m, (abs(z * log2(abs(x))) < 1024.01).m)};
  return unless_early(early, y, x, z, [](double a, double b) { return std::pow(a, b); });
}

// SLEEF's is infinite shortly before the largest number, and there log x is as good.
template <class D>
HWY_INLINE Lane<D> log1p(Lane<D> x) {
  const Lane<D> y = near_log1p(x);
  const LaneMask<D> far = x > 1e30;
  return any(far) ? where(far, log(x), y) : y;
}
// SLEEF's are infinite before exp(|x|) / 2 is.
template <class D>
HWY_INLINE Lane<D> half_of_exp(Lane<D> size) {
  const Lane<D> root = exp(0.5 * size);
  return 0.5 * root * root;
}
template <class D>
HWY_INLINE Lane<D> cosh(Lane<D> x) {
  const Lane<D> y = near_cosh(x);
  const LaneMask<D> far = y == std::numeric_limits<double>::infinity();
  return any(far) ? where(far, half_of_exp(abs(x)), y) : y;
}
template <class D>
HWY_INLINE Lane<D> sinh(Lane<D> x) {
  const Lane<D> y = near_sinh(x);
  const LaneMask<D> far = abs(y) == std::numeric_limits<double>::infinity();
  return any(far) ? where(far, sign(x) * half_of_exp(abs(x)), y) : y;
}

// In f32 SLEEF's takes four times as long: near 0 a polynomial, interpolated for tanh(x) / x in x^2
// on [0, 0.39] and right to 0.07 units, then 1 - 2 / (exp(2 x) + 1).
template <class D>
HWY_INLINE Lane<D> tanh(Lane<D> x) {
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return near_tanh(x);
  } else {
    const D d;
    const auto c = [&](double number) HWY_ATTR { return constant(d, number).v; };
    const auto size = hn::Abs(x.v), z = hn::Mul(size, size);
    auto sum = c(-0.0057087890);
    for (const double next : {0.020642351, -0.053740669, 0.13331454, -0.33333284})
      sum = hn::MulAdd(sum, z, c(next));
    const auto near = hn::MulAdd(hn::Mul(size, z), sum, size);
    const auto power = exp(2.0 * Lane<D>{hn::Min(size, c(10))});  // beyond 9.02 it is 1
    const auto far = hn::Sub(c(1), hn::Div(c(2), hn::Add(power.v, c(1))));
    const auto is_far = hn::Ge(size, c(0.6244998));
    return {hn::CopySign(hn::IfThenElse(is_far, far, near), x.v)};
  }
}

// SLEEF squares the argument of these two, which overflows: far out they are log(2 |x|), whose own
// argument must not overflow either.
template <class D>
HWY_INLINE Lane<D> log_of_twice(Lane<D> x) {
  return 2.0 * log(sqrt(x) * 1.4142135623730951);
}
template <class D>
HWY_INLINE Lane<D> asinh(Lane<D> x) {
  const Lane<D> y = near_asinh(x), size = abs(x);
  const LaneMask<D> far = size > 1e10;
  return any(far) ? where(far, sign(x) * log_of_twice(size), y) : y;
}
template <class D>
HWY_INLINE Lane<D> acosh(Lane<D> x) {
  const Lane<D> y = near_acosh(x);
  const LaneMask<D> far = x > 1e10;
  return any(far) ? where(far, log_of_twice(x), y) : y;
}
// SLEEF's is infinite shortly before log gamma(x) is, which is x log(x / e) there.
template <class D>
HWY_INLINE Lane<D> lgamma(Lane<D> x) {
  const Lane<D> y = near_lgamma(x);
  const LaneMask<D> far = where(x > 1e30, y, zero(x)) == std::numeric_limits<double>::infinity();
  return any(far) ? where(far, x * log(x * 0.36787944117144233), y) : y;
}

// Number by number, in double.
template <class D>
HWY_INLINE Lane<D> polygamma(int order, Lane<D> x) {
  alignas(64) hn::TFromD<D> numbers[HWY_MAX_BYTES / 4];
  hn::Store(x.v, D(), numbers);
  for (size_t i = 0; i < hn::Lanes(D()); ++i)
    numbers[i] = static_cast<hn::TFromD<D>>(
        tapestry::detail::page_numbers::polygamma(order, static_cast<double>(numbers[i])));
  return {hn::Load(D(), numbers)};
}

#undef TAPESTRY_SLEEF1
#undef TAPESTRY_SLEEF1_AS
#undef TAPESTRY_SLEEF2
#undef TAPESTRY_SLEEF2_AS
#undef TAPESTRY_LANE_CALL1
#undef TAPESTRY_LANE_CALL2

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
