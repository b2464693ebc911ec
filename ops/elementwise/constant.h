// Plain numbers as operands.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/elementwise/beside.h"

namespace tapestry {

namespace detail {
// One number stretched to a shape, without memory of its own: zero(g) of the page.
Tensor repeated(double value, const Shape& shape, DType dtype);

// A number that meets a tensor: rank 0, in the dtype in which they meet. A scalar that a tape
// follows stays followed.
Tensor number_beside(const Tensor& x, const Beside& number);
}  // namespace detail

inline Tensor zero(const Tensor& x) { return detail::repeated(0, x.shape(), x.dtype()); }

}  // namespace tapestry
