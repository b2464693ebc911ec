// Products of matrices by NumPy's rule. Different dtypes meet in the larger; boolean counts as i64.
// The same bits for any number of threads. Differentiable.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// (..., m, k) x (..., k, n) -> (..., m, n): the last two axes are matrices, those before them
// broadcast. An operand of rank 1 is a row on the left, a column on the right, and its axis
// vanishes from the result. Error for rank 0 and where the inner extents differ. Transposed views
// are used as they are; other strides are made contiguous.
Tensor matmul(const Tensor& a, const Tensor& b, detail::Site site = {});

// The sum of products of two vectors.
Tensor dot(const Tensor& a, const Tensor& b, detail::Site site = {});
// All products of two vectors, (m,) x (n,) -> (m, n).
Tensor outer(const Tensor& a, const Tensor& b, detail::Site site = {});

}  // namespace tapestry
