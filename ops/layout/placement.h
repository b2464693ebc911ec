// A part of a tensor at even distances: cut out, and put in the midst of one value.
#pragma once

#include <cstdint>
#include <string>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// Where a part lies in a whole: along each axis its first position and the distance between
// neighbours.
struct Placement {
  Dims starts, steps;

  std::int64_t offset(const Strides& whole) const {
    std::int64_t sum = 0;
    for (int axis = 0; axis < whole.rank(); ++axis) sum += starts[axis] * whole[axis];
    return sum;
  }
  Strides strides(const Strides& whole) const {
    Strides result = whole;
    for (int axis = 0; axis < whole.rank(); ++axis) result[axis] *= steps[axis];
    return result;
  }
  // The same behind a new first axis, all of which is the part.
  void add_whole_axis() {
    starts.insert(0, 0);
    steps.insert(0, 1);
  }
  std::string text() const { return fmt::format("start={}, step={}", starts, steps); }
};

// The part of x that lies there; x itself where that is all.
Tensor cut(const Tensor& x, const Placement& placement, const Shape& extents);
// The inverse: x there, in a tensor of that shape and otherwise of that value.
Tensor place(const Tensor& x, const Placement& placement, const Shape& shape, double value);

}  // namespace tapestry::detail
