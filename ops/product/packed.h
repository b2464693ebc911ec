// Large products of matrices, shared among threads, the same bits for any number of them.
#pragma once

#include "ops/product/matrix.h"

namespace tapestry::detail {

// Whether it pays to copy the operands into panels.
bool is_worth_packing(const Extents& extents);

// C = A B; C is row-major, `leading` elements from row to row. T is float or double. In single
// precision, longer sums than kLong are made of parts that are added in double.
template <class T>
void multiply_packed(const Extents& extents, const Matrix<T>& a, const Matrix<T>& b, T* c,
                     std::int64_t leading);

}  // namespace tapestry::detail
