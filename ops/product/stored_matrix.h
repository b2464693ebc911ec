// Matrices as tensors hold them.
#pragma once

#include <algorithm>

#include "engine/tensor/tensor.h"
#include "ops/product/matrix.h"

namespace tapestry::detail {

// Whether the last two axes have strides that a product takes: one of them 1, the other no smaller
// than the extent it passes over.
enum class Layout { rows, columns, other };
inline Layout layout_of(const Tensor& x) {
  const int row = x.rank() - 2, column = x.rank() - 1;
  const std::int64_t down = x.strides()[row], across = x.strides()[column];
  const std::int64_t rows = x.shape()[row], columns = x.shape()[column];
  if ((across == 1 || columns == 1) && down >= columns) return Layout::rows;
  if ((down == 1 || rows == 1) && across >= rows) return Layout::columns;
  return Layout::other;
}

// x, or a copy of it that a product takes.
inline Tensor usable(const Tensor& x) {
  return layout_of(x) == Layout::other ? x.contiguous() : detach(x);
}

// The matrix of a usable x whose first element is at `offset`.
template <class T>
Matrix<T> matrix_at(const Tensor& x, std::int64_t offset) {
  const bool transposed = layout_of(x) == Layout::columns;
  const std::int64_t leading = x.strides()[x.rank() - (transposed ? 1 : 2)];
  return {x.data<T>() + offset, std::max<std::int64_t>(1, leading), transposed};
}

// The strides of x's batch axes within those of `batch`.
inline Strides batch_strides(const Tensor& x, const Shape& batch) {
  return broadcast_strides(without_last(x.shape(), 2), without_last(x.strides(), 2), batch);
}

}  // namespace tapestry::detail
