// Tensors with a border: of one value, or of their own elements.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry {

namespace detail {

// How many elements come before and after those of each axis.
using Widths = std::vector<std::pair<std::int64_t, std::int64_t>>;

}  // namespace detail

// `value` around x: for each axis how many before and how many after.
Tensor pad(const Tensor& x, const detail::Widths& widths, double value = 0, detail::Site site = {});

// x surrounded by itself: mirrored at its edge elements, which are not repeated; by its edge
// elements; by its other end. For each axis how many before and how many after. Error when x is too
// short: a mirror needs an element more than a width, a circle as many as a width, an edge one.
enum class PadMode { reflect, replicate, circular };
Tensor pad(const Tensor& x, const detail::Widths& widths, PadMode mode, detail::Site site = {});

}  // namespace tapestry
