// Kernels of the page's functions of one variable, in f32.
#include "engine/base/simd.h"

#undef TAPESTRY_UNARY_TYPE
#define TAPESTRY_UNARY_TYPE float
#undef TAPESTRY_TABLE
#define TAPESTRY_TABLE UnaryTableF32
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/page/kernels_unary_f32.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include "ops/page/kernels-inl.h"

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(UnaryTableF32);

template <>
const UnaryKernels<float>& unary_kernels<float>(Unary op) {
  static const UnaryKernels<float>* const table = HWY_DYNAMIC_DISPATCH(UnaryTableF32)();
  return table[static_cast<int>(op)];
}

}  // namespace tapestry::detail
#endif
