// Where elements are: those other than 0, and places in a sorted order.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// Where x is not 0: i64 of shape (count, rank), in row-major order. NaN is not 0. Not
// differentiable.
Tensor nonzero(const Tensor& x, detail::Site site = {});

namespace detail {
// The same in row-major order, a position each: i64 of shape (count,).
Tensor positions_in(const Tensor& mask);
}  // namespace detail

// Where values would have to be inserted to keep `sorted` in ascending order along its last axis:
// before its equals, or, to the right, after them; i64 in the shape of values. `sorted` is a
// vector, or has the leading extents of values. NaN counts as the largest. Not differentiable.
struct SearchOptions {
  bool right = false;
};
Tensor searchsorted(const Tensor& sorted, const Tensor& values, const SearchOptions& options = {},
                    detail::Site site = {});

}  // namespace tapestry
