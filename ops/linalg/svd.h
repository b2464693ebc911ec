// Singular values and vectors, and the pseudo-inverse. f32 and f64, batched over leading axes,
// differentiable to any order. A matrix with an element that is not finite gives NaN.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"

namespace tapestry {

// A = U diag(s) Vh for A (..., m, n), in the reduced form: with k = min(m, n), U is (..., m, k)
// with orthonormal columns, s (..., k) descends and is not negative, Vh (..., k, n) has orthonormal
// rows.
//
// The common sign of a column of U and a row of Vh, and the vectors of equal singular values, are
// LAPACK's choice. Results that do not depend on it have derivatives where singular values are
// equal, or for m != n 0, as eigh() says of eigenvalues; of others they are an Error there.
struct SVD {
  Tensor u, s, vh;
};
SVD svd(const Tensor& a, detail::Site site = {});

// The singular values alone.
Tensor svdvals(const Tensor& a, detail::Site site = {});

// The pseudo-inverse of Moore and Penrose, (..., m, n) -> (..., n, m). Singular values up to rcond
// times the largest count as 0; rcond is max(m, n) eps unless given. The gradient holds where the
// rank does not change.
Tensor pinv(const Tensor& a, std::optional<double> rcond = {}, detail::Site site = {});

}  // namespace tapestry
