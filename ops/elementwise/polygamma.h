// The derivatives of digamma.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// Derivative number order + 1 of lgamma, elementwise; order 0 is digamma. f32 is executed in
// double, integers turn into f32. To some order + 5 ulp for x > 0; inf or NaN at 0, -1, -2...
// Work grows as order^2. Differentiable to any order. Error for negative orders.
Tensor polygamma(int order, const Tensor& x, detail::Site site = {});

}  // namespace tapestry
