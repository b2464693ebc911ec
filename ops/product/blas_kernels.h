// Which of its kernels OpenBLAS uses. A version older than the processor does not know its name and
// falls back on kernels without AVX: on an Intel Sapphire Rapids, OpenBLAS 0.3.21 multiplies f32 at
// 30 GFLOP/s where its AVX-512 kernels reach 144. What a processor can do is asked of itself
// instead. OPENBLAS_CORETYPE in the environment has the last word. Every file that calls BLAS or
// LAPACK includes this.
#pragma once

namespace tapestry::detail {

// The kernels chosen in place of OpenBLAS's choice; null where that stays.
const char* choose_blas_kernels();
inline const char* const blas_kernels = choose_blas_kernels();

}  // namespace tapestry::detail
