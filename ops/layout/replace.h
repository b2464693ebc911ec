// Assignment as a function: x with a part of it replaced, where a program of mutable arrays would
// say x[part] = source. x itself keeps its numbers. Differentiable in x and source; dtypes are
// promoted. See also where(), masked_fill(), scatter(), and slice_scatter() in ops/layout/view.h.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// PyTorch's names throughout. x[.., position, ..] = source along an axis. The source broadcasts to
// select(x, axis, position).
Tensor select_scatter(const Tensor& x, const Tensor& source, int axis, std::int64_t position,
                      detail::Site site = {});

// x[mask] = source: the places at which the boolean mask holds, in row-major order, take the first
// elements of source. The mask broadcasts to x. Error when source has too few.
Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source,
                      detail::Site site = {});

// x[.., indices, ..] = source, and += source, along an axis: slice k of the source goes to position
// indices[k], a negative one from the end. Of those that meet, index_copy keeps the last. Error
// unless source has x's shape but for that axis, where it has as many as indices.
Tensor index_copy(const Tensor& x, int axis, const Tensor& indices, const Tensor& source,
                  detail::Site site = {});
Tensor index_add(const Tensor& x, int axis, const Tensor& indices, const Tensor& source,
                 detail::Site site = {});

}  // namespace tapestry
