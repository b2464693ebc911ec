// Choosing elements by i64 indices, and adding into chosen places. Indices start at 0; negative
// ones count from the end, and one out of range is an Error that names it. What meets in one place
// is added in the order of the indices, for any number of threads, and as well as sum() adds it.
// Differentiable in everything but the indices.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// Slices of x along `axis`: that axis is replaced by the axes of `indices`.
Tensor take(const Tensor& x, const Tensor& indices, int axis = 0, detail::Site site = {});

// As torch.gather: result[i, j, k] = x[i, index[i, j, k], k] for axis 1. Same rank; the extents of
// index are at most those of x, but for that axis. The result has the shape of index.
Tensor gather(const Tensor& x, int axis, const Tensor& index, detail::Site site = {});

// x with result[i, index[i, j, k], k] += source[i, j, k] for axis 1: the transpose of gather.
// source has the shape of index; dtypes are promoted.
Tensor scatter_add(const Tensor& x, int axis, const Tensor& index, const Tensor& source,
                   detail::Site site = {});

// A new last axis of extent `classes`: 1 at the label, 0 elsewhere. Not differentiable.
Tensor one_hot(const Tensor& labels, std::int64_t classes, DType dtype = DType::f32,
               detail::Site site = {});

}  // namespace tapestry
