// Linear recurrences along an axis, and what they make: running products, running log-sum-exps.
// Differentiable.
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

}  // namespace tapestry
