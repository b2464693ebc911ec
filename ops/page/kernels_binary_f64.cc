// Kernels of the page's functions of two variables, in f64.
#include "engine/base/simd.h"

#undef TAPESTRY_BINARY_TYPE
#define TAPESTRY_BINARY_TYPE double
#undef TAPESTRY_TABLE
#define TAPESTRY_TABLE BinaryTableF64
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/page/kernels_binary_f64.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include "ops/page/kernels-inl.h"

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(BinaryTableF64);

template <>
const BinaryKernels<double>& binary_kernels<double>(Binary op) {
  static const BinaryKernels<double>* const table = HWY_DYNAMIC_DISPATCH(BinaryTableF64)();
  return table[static_cast<int>(op)];
}

}  // namespace tapestry::detail
#endif
