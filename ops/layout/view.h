// The same numbers seen in another shape or order. Results share memory with x wherever strides can
// say it; only reshape may have to copy. All dtypes, any strides; every op is differentiable.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry {

// One extent may be -1: it follows from the others. Error when the number of elements differs.
Tensor reshape(const Tensor& x, const Shape& shape, detail::Site site = {});

Tensor transpose(const Tensor& x,
                 detail::Site site = {});  // exchanges the last two axes; Error below rank 2
Tensor transpose(const Tensor& x, int first, int second, detail::Site site = {});

// Axis i of the result is axis axes[i] of x. Error unless each axis is named once.
Tensor permute(const Tensor& x, const detail::Dims& axes, detail::Site site = {});

// Removes axes of extent 1: those named, or all. Error when a named one is longer.
Tensor squeeze(const Tensor& x, const detail::Axes& axes = {}, detail::Site site = {});
// A new axis of extent 1, before the axis that is there; -1 is after the last.
Tensor unsqueeze(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
