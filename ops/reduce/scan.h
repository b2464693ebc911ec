// Running results along an axis, each made of all elements up to its own. Differentiable.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// y[0] = b[0], y[i] = a[i] y[i - 1] + b[i] along the axis; a[0] is not used. Both operands
// broadcast; dtypes are promoted, boolean to i64. Single precision runs in double.
Tensor linear_recurrence(const Tensor& a, const Tensor& b, int axis, detail::Site site = {});

// Running products; the derivative is exact at zeros too. i64 and boolean give i64.
Tensor cumprod(const Tensor& x, int axis, detail::Site site = {});

// log(sum(exp)) of all elements up to each, without overflow. f32 and f64 only.
Tensor logcumsumexp(const Tensor& x, int axis, detail::Site site = {});

namespace detail {
struct Running {
  Tensor values, indices;  // values = gather(x, axis, indices)
};
}  // namespace detail

// The largest, or the smallest, so far and where it lies: the last of equals, as in PyTorch. NaN
// stays once met. Values in x's dtype, indices i64.
detail::Running cummax(const Tensor& x, int axis, detail::Site site = {});
detail::Running cummin(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
