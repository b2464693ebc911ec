// Plain numbers as operands.
#pragma once

#include "engine/tensor.h"

namespace tapestry {

namespace detail {
// One number stretched to a shape, without memory of its own: zero(g) of the page.
Tensor repeated(double value, const Shape& shape, DType dtype);

// A plain number that meets a tensor: rank 0, in a dtype that does not change the tensor's unless
// it must.
Tensor number_beside(const Tensor& x, double value);
}  // namespace detail

inline Tensor zero(const Tensor& x) { return detail::repeated(0, x.shape(), x.dtype()); }

}  // namespace tapestry
