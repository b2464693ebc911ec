// The QR factorization, by Householder reflections. f32 and f64, batched over leading axes,
// differentiable to any order.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// A = Q R for A (..., m, n), in the reduced form: with k = min(m, n), Q is (..., m, k) with
// orthonormal columns, R (..., k, n) upper triangular. The signs of R's diagonal are LAPACK's and
// may be negative. Derivatives of any mode need the first k columns to be independent: where these
// are dependent to rounding (brought to one size, with a condition of 1 / (4 eps) or more) they are
// an Error. A matrix with an element that is not finite gives NaN.
struct QR {
  Tensor q, r;
};
QR qr(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
