// Tensors with a border of their own elements; that of one value is in slice.h.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/layout/slice.h"

namespace tapestry {

// x surrounded by itself: mirrored at its edge elements, which are not repeated; by its edge
// elements; by its other end. For each axis how many before and how many after. Error when x is too
// short: a mirror needs an element more than a width, a circle as many as a width, an edge one.
enum class PadMode { reflect, replicate, circular };
Tensor pad(const Tensor& x, const detail::Widths& widths, PadMode mode, detail::Site site = {});

}  // namespace tapestry
