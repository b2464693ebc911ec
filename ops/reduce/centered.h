// Deviations from the mean.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry {

// x - mean(x) over axes, of x's shape. The mean is not rounded first, so that a deviation is as
// good as x allows, however far x lies from 0. f32 and f64 only.
Tensor centered(const Tensor& x, const detail::Axes& axis = {}, detail::Site site = {});

}  // namespace tapestry
