// Parts of a tensor by position, by a mask and by indices. Negative positions count from the end.
// Differentiable; all dtypes, any strides.
//
//   x[i]        row i, a view                 x[{i, j}]  row j of row i
//   x[mask]     rows or elements of x at which the boolean mask holds, in row-major order
//   x[indices]  rows of x by i64 indices: take(x, indices)
//   x.at(i, j)  the element as a Scalar
//
// A loop over all rows asks unstack(x, 0) for them: the gradient of each x[i] is as large as x.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// PyTorch's names: x without the axis, at that position of it; a view.
Tensor select(const Tensor& x, int axis, std::int64_t position, detail::Site site = {});

// The elements at which the boolean mask holds, as a vector, in row-major order. x and mask
// broadcast to one another.
Tensor masked_select(const Tensor& x, const Tensor& mask, detail::Site site = {});

namespace detail {
// x[subscript]. Error when there are more positions than axes, one is out of range, the mask does
// not have the leading extents of x, or the chooser is neither boolean nor i64.
Tensor choose(const Tensor& x, const Subscript& subscript);
}  // namespace detail

}  // namespace tapestry
