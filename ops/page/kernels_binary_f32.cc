// Kernels of the page's functions of two variables, in f32.
#include "engine/base/simd.h"

#undef TAPESTRY_BINARY_TYPE
#define TAPESTRY_BINARY_TYPE float
#undef TAPESTRY_TABLE
#define TAPESTRY_TABLE BinaryTableF32
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/page/kernels_binary_f32.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include "ops/page/kernels-inl.h"

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(BinaryTableF32);

template <>
const BinaryKernels<float>& binary_kernels<float>(Binary op) {
  static const BinaryKernels<float>* const table = HWY_DYNAMIC_DISPATCH(BinaryTableF32)();
  return table[static_cast<int>(op)];
}

}  // namespace tapestry::detail
#endif
