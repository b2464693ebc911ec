// Large products of matrices, shared among threads, the same bits for any number of them.
#pragma once

#include <cstdint>

#include "engine/base/workspace.h"
#include "ops/product/matrix.h"

namespace tapestry::detail {

// Whether it pays to copy the operands into panels.
bool is_worth_packing(const Extents& extents);

// C = A B; C is row-major, `leading` elements from row to row. T is float or double. In single
// precision, longer sums than kLong are made of parts that are added in double.
template <class T>
void multiply_packed(const Extents& extents, const Matrix<T>& a, const Matrix<T>& b, T* c,
                     std::int64_t leading);

// A right operand in panels, for several products with all of it, or with its first rows or
// columns.
template <class T>
class PackedRight {
 public:
  PackedRight(std::int64_t inner, std::int64_t columns, const Matrix<T>& b);
  // Whether one packs an operand of these extents in one piece.
  static bool takes(std::int64_t inner, std::int64_t columns);

  std::int64_t inner() const { return inner_; }
  std::int64_t columns() const { return columns_; }
  T* panels() const { return panels_.data(); }

 private:
  std::int64_t inner_, columns_;
  Workspace<T> panels_;
};
template <class T>
void multiply_packed(const Extents& extents, const Matrix<T>& a, const PackedRight<T>& b, T* c,
                     std::int64_t leading);

}  // namespace tapestry::detail
