// Samples make matrices of any numbers that have what a factorization needs.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::detail::linalg {

// X + 4 I: far from singular for a sample's numbers. In a dtype that goes with x and what it is to
// meet, f64 where neither is floating.
Tensor dominant(const Tensor& x, DType beside = DType::boolean);
// X X^T + n I.
Tensor positive_definite(const Tensor& x);
// X + D with D diagonal and its elements apart, so that eigenvalues and singular values are, too.
Tensor spread(const Tensor& x, DType beside = DType::boolean);

}  // namespace tapestry::detail::linalg
