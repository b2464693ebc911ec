// By what numbers are divided to be squared and summed without overflow.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry::detail {

// Powers of 2 near the largest |x| over the axes, which are kept with extent 1; 1 where that is 0.
// Of x's dtype, and constants to derivatives: what is divided by one is multiplied by it again.
Tensor magnitude(const Tensor& x, const Axes& axes);

}  // namespace tapestry::detail
