// Determinants, through LU with partial pivoting. f32 and f64, batched over leading axes,
// differentiable to any order. A matrix with an element that is not finite gives NaN.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// (..., n, n) -> (...); 1 for n = 0. It is a polynomial, and its derivatives hold near and at
// singular matrices, too. Where the condition of a matrix would spoil the usual formula with the
// inverse, its small singular values are set apart and enter through minors. Derivatives of orders
// up to 4, and of all for n up to 3, keep two thirds of the digits, relative to the largest that
// matrices with these singular values have, as long as no more than 8 of the values are small
// without being 0 to rounding. Up to 64 may be 0; where there are more, the gradient is an Error.
Tensor det(const Tensor& a, detail::Site site = {});

// The determinant is sign * exp(logabsdet): no overflow. Matrices that are
// singular to rounding (ops/linalg/rank.h) give 0 and -inf; there the gradient is an Error. The
// sign carries no gradient.
struct SignAndLog {
  Tensor sign, logabsdet;
};
SignAndLog slogdet(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
