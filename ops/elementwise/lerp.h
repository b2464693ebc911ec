// The straight line between two tensors.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// a + t (b - a): a at t = 0 and b at t = 1, both exactly. All three broadcast; dtypes are promoted.
// Differentiable to any order.
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& t, detail::Site site = {});
Tensor lerp(const Tensor& a, const Tensor& b, double t, detail::Site site = {});

}  // namespace tapestry
