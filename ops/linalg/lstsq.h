// Least squares through QR. f32 and f64, differentiable to any order.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// The X of least |A X - B|, column by column, and where there are many (m < n), the shortest; for
// A (..., m, n) of full rank and B (..., m, k), leading axes broadcast. B of rank 1 is a vector,
// and so is then each X. Different floating dtypes meet in the larger. Error when the extents
// differ, or when A does not have full rank to rounding (ops/linalg/rank.h); pinv takes such
// matrices.
Tensor lstsq(const Tensor& a, const Tensor& b, detail::Site site = {});

}  // namespace tapestry
