// Makes kernels of the page's formulas for one target and one number type.
#if defined(TAPESTRY_OPS_KERNELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_KERNELS_INL_H_
#undef TAPESTRY_OPS_KERNELS_INL_H_
#else
#define TAPESTRY_OPS_KERNELS_INL_H_
#endif

#include "ops/page/kernels.h"
#include "ops/page/lane_math-inl.h"
#include "ops/page/lane_normal-inl.h"
#include "ops/page/lane_partials-inl.h"
#include "ops/page/probe.h"

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

#define TAPESTRY_SPECIAL HWY_INLINE
#include "ops/page/special-inl.h"
#undef TAPESTRY_SPECIAL

// Functions that the page defines by others are functions of lanes, too.
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)
#define TAPESTRY_UNARY_OF(name, value, vjp, kind, domain, ulps, doc) \
  template <class D>                                                 \
  HWY_INLINE Lane<D> name(Lane<D> x) {                               \
    return value;                                                    \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)
#define TAPESTRY_BINARY_OF(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  template <class D>                                                                       \
  HWY_INLINE Lane<D> name(Lane<D> x, Lane<D> z) {                                          \
    return value;                                                                          \
  }
#include "ops/page/elementwise.def"

// Applies F to whole registers and then to the rest. `uses` says which of the inputs F reads.
template <class T, unsigned uses, class F>
HWY_INLINE void for_lanes(const T* const* in, T* out, std::int64_t n, F f) {
  using D = hn::ScalableTag<T>;
  const D d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  const auto load = [&](int k, std::int64_t i) HWY_ATTR {
    return Lane<D>{uses >> k & 1 ? hn::LoadU(d, in[k] + i) : hn::Zero(d)};
  };
  std::int64_t i = 0;
  for (; i + width <= n; i += width)
    hn::StoreU(f(load(0, i), load(1, i), load(2, i), load(3, i)).v, d, out + i);
  if (i == n) return;
  const auto rest = static_cast<size_t>(n - i);
#if HWY_MEM_OPS_MIGHT_FAULT
  alignas(64) T padded[4][HWY_MAX_BYTES / sizeof(T)] = {};
  for (int k = 0; k < 4; ++k)
    if (uses >> k & 1)
      for (size_t j = 0; j < rest; ++j) padded[k][j] = in[k][i + static_cast<std::int64_t>(j)];
  alignas(64) T result[HWY_MAX_BYTES / sizeof(T)];
  const auto whole = [&](int k) HWY_ATTR { return Lane<D>{hn::Load(d, padded[k])}; };
  hn::Store(f(whole(0), whole(1), whole(2), whole(3)).v, d, result);
  for (size_t j = 0; j < rest; ++j) out[i + static_cast<std::int64_t>(j)] = result[j];
#else
  const auto mask = hn::FirstN(d, rest);
  const auto part = [&](int k) HWY_ATTR {
    return Lane<D>{uses >> k & 1 ? hn::MaskedLoad(mask, d, in[k] + i) : hn::Zero(d)};
  };
  hn::BlendedStore(f(part(0), part(1), part(2), part(3)).v, mask, d, out + i);
#endif
}

#define TAPESTRY_KERNEL(function, uses, result)                                             \
  template <class T>                                                                        \
  void function(const T* const* in, T* out, std::int64_t n) {                               \
    using L = Lane<hn::ScalableTag<T>>;                                                     \
    for_lanes<T, uses>(in, out, n,                                                          \
                       []([[maybe_unused]] L x, [[maybe_unused]] L z, [[maybe_unused]] L y, \
                          [[maybe_unused]] L g) HWY_ATTR -> L { return result; });          \
  }
#define TAPESTRY_VJP(function, uses, formula) \
  TAPESTRY_KERNEL(function, uses, where(g == 0, zero(g), formula))
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  TAPESTRY_KERNEL(name##_value_kernel, probe::kX, value)          \
  TAPESTRY_VJP(name##_vjp_kernel, probe::name##_vjp.uses | probe::kG, vjp)
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_KERNEL(name##_value_kernel, probe::kX | probe::kZ, value)                    \
  TAPESTRY_VJP(name##_vjp_x_kernel, probe::name##_vjp_x.uses | probe::kG, vjp_x)        \
  TAPESTRY_VJP(name##_vjp_z_kernel, probe::name##_vjp_z.uses | probe::kG, vjp_z)
#ifdef TAPESTRY_UNARY_TYPE
#undef TAPESTRY_BINARY
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)
#include "ops/page/elementwise.def"
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  {&name##_value_kernel<TAPESTRY_UNARY_TYPE>, &name##_vjp_kernel<TAPESTRY_UNARY_TYPE>},
const UnaryKernels<TAPESTRY_UNARY_TYPE>* TAPESTRY_TABLE() {
  static constexpr UnaryKernels<TAPESTRY_UNARY_TYPE> table[] = {
#include "ops/page/elementwise.def"
  };
  return table;
}
#else
#undef TAPESTRY_UNARY
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)
#include "ops/page/elementwise.def"
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)    \
  {&name##_value_kernel<TAPESTRY_BINARY_TYPE>, &name##_vjp_x_kernel<TAPESTRY_BINARY_TYPE>, \
   &name##_vjp_z_kernel<TAPESTRY_BINARY_TYPE>},
const BinaryKernels<TAPESTRY_BINARY_TYPE>* TAPESTRY_TABLE() {
  static constexpr BinaryKernels<TAPESTRY_BINARY_TYPE> table[] = {
#include "ops/page/elementwise.def"
  };
  return table;
}
#endif
#undef TAPESTRY_KERNEL
#undef TAPESTRY_VJP

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
