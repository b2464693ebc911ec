// Parts of matrices. The last two axes are the matrices; any dtype; differentiable.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// The elements on and below (tril) or above (triu) diagonal k, and 0 elsewhere; diagonal 1 lies
// above the main one, -1 below. Error below rank 2.
Tensor tril(const Tensor& x, std::int64_t k = 0, detail::Site site = {});
Tensor triu(const Tensor& x, std::int64_t k = 0, detail::Site site = {});

// Diagonal k of each matrix, (..., m, n) -> (..., length); a view. Error below rank 2.
Tensor diagonal(const Tensor& x, std::int64_t k = 0, detail::Site site = {});
// Matrices of 0 but for diagonal k: (..., n) -> (..., n + |k|, n + |k|). Error for rank 0.
Tensor diag_embed(const Tensor& x, std::int64_t k = 0, detail::Site site = {});
// NumPy's diag: the matrix with this diagonal for a vector, the diagonal for a matrix, nothing
// else.
Tensor diag(const Tensor& x, std::int64_t k = 0, detail::Site site = {});

// The sum of the main diagonal, (..., m, n) -> (...).
Tensor trace(const Tensor& x, detail::Site site = {});

}  // namespace tapestry
