// How a tensor's numbers lie: extents, strides, and what follows from them. Tensors of the same
// layout share one, which never changes and is never freed. So a result of a known kind computes
// nothing, a 2 x 2 tensor takes one line of the cache, and equal shapes are mostly seen by address.
#pragma once

#include <cstdint>

#include "engine/tensor/shape.h"

namespace tapestry::detail {

struct TensorLayout {
  Shape shape;
  Strides strides;
  std::int64_t size;   // the number of elements
  bool is_contiguous;  // row-major without gaps; the strides are row_major(shape) then
};

// Error when an extent is negative, or the elements are too many.
TensorLayout row_major_layout(const Shape& shape);
TensorLayout strided_layout(const Shape& shape, const Strides& strides);

// The layout that tensors share. Null when there are kMostSharedLayouts others: a program whose
// every tensor has another shape is not to grow without end.
inline constexpr int kMostSharedLayouts = 4096;
const TensorLayout* shared_layout(const Shape& shape);  // row-major
const TensorLayout* shared_layout(const Shape& shape, const Strides& strides);

inline bool have_same_shape(const TensorLayout& a, const TensorLayout& b) {
  return &a == &b || a.shape == b.shape;
}

}  // namespace tapestry::detail
