// The Cholesky factor. f32 and f64, batched over leading axes, differentiable to any order.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// The lower triangular L with A = L L^T, of shape (..., n, n) as A. The symmetric part (A + A^T) /
// 2 is factored, which is A itself where A is symmetric, so gradients are symmetric and hold in
// every direction. Error when A is not square, or not positive definite: singular to rounding
// (ops/linalg/rank.h) or worse. A matrix with an element that is not finite gives NaN.
Tensor cholesky(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
