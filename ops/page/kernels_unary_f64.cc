// Kernels of the page's functions of one variable, in f64.
#include "engine/base/simd.h"

#undef TAPESTRY_UNARY_TYPE
#define TAPESTRY_UNARY_TYPE double
#undef TAPESTRY_TABLE
#define TAPESTRY_TABLE UnaryTableF64
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/page/kernels_unary_f64.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include "ops/page/kernels-inl.h"

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(UnaryTableF64);

template <>
const UnaryKernels<double>& unary_kernels<double>(Unary op) {
  static const UnaryKernels<double>* const table = HWY_DYNAMIC_DISPATCH(UnaryTableF64)();
  return table[static_cast<int>(op)];
}

}  // namespace tapestry::detail
#endif
