// The instructions that SIMD kernels use: the best that the processor has, or, where the
// environment variable TAPESTRY_MAX_SIMD is SSE4, AVX2 or AVX3 (AVX-512) when a program starts,
// none better than that. So a new processor computes what an older one does. Every file of kernels
// includes this.
#pragma once

namespace tapestry::detail {

bool limit_simd();
inline const bool simd_is_limited = limit_simd();

}  // namespace tapestry::detail
