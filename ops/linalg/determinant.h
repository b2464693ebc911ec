// Determinants, through LU with partial pivoting. f32 and f64, batched over leading axes,
// differentiable to any order. A matrix with an element that is not finite gives NaN.
#pragma once

#include "engine/tensor.h"

namespace tapestry {

// (..., n, n) -> (...); 1 for n = 0. Where a determinant is exactly 0 the gradients of the batch
// are computed from minors, for n up to 64; past that their Error says so.
Tensor det(const Tensor& a, Site site = {});

// The determinant is sign * exp(logabsdet): no overflow. Singular matrices give 0 and -inf; there
// the gradient is an Error. The sign carries no gradient.
struct SignAndLog {
  Tensor sign, logabsdet;
};
SignAndLog slogdet(const Tensor& a, Site site = {});

}  // namespace tapestry
