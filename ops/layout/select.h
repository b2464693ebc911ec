// Choosing and replacing elements: by indices, by a mask, by their order.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// As gather, but x and indices, of one rank, broadcast to one another in all axes but `axis`.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis, detail::Site site = {});

// PyTorch's order of arguments for take with a vector of indices. Error when it is none.
Tensor index_select(const Tensor& x, int axis, const Tensor& indices, detail::Site site = {});

// x with result[i, index[i, j, k], k] = source[i, j, k] for axis 1. source has the shape of index,
// whose extents are at most those of x, but for that axis. Where several are put in one place the
// last in row-major order stays, and it alone has a gradient. dtypes are promoted.
Tensor scatter(const Tensor& x, int axis, const Tensor& index, const Tensor& source,
               detail::Site site = {});
Tensor scatter(const Tensor& x, int axis, const Tensor& index, double value,
               detail::Site site = {});

// `value` where the boolean mask holds, else x. The mask broadcasts to x. Error when the value is
// not one of x's dtype.
Tensor masked_fill(const Tensor& x, const Tensor& mask, double value, detail::Site site = {});

}  // namespace tapestry
