// Stretching and its transpose, summing: the pair by which shapes meet.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

namespace detail {

// A set of axes; bit i is axis i.
using AxisSet = std::uint32_t;
constexpr AxisSet axis_bit(int axis) { return AxisSet{1} << axis; }

}  // namespace detail

// A view of x stretched to `shape` by NumPy's rule. Error when x does not broadcast to it.
Tensor broadcast_to(const Tensor& x, const Shape& shape, detail::Site site = {});

namespace detail {

// The sum over `axes`, of which those in `dropped` vanish and the others stay with extent 1.
// f32 and f64 keep their dtype, i64 and boolean give i64. The same bits for any number of threads.
Tensor sum_axes(const Tensor& x, AxisSet axes, AxisSet dropped);

// Sums x down to a shape that broadcasts to x's: the transpose of broadcast_to.
Tensor sum_to(const Tensor& x, const Shape& shape);

}  // namespace detail

}  // namespace tapestry
