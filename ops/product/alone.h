// Products of matrices within a loop that threads share already.
#pragma once

#include <algorithm>

#include "ops/product/gemm.h"
#include "ops/product/packed.h"

namespace tapestry::detail {

// C = A B on the thread that calls, which holds a OneThread; C is row-major, `leading` elements
// from row to row. T is float or double.
template <class T>
void multiply_alone(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c,
                    std::int64_t leading) {
  if (e.inner == 0)
    for (std::int64_t i = 0; i < e.rows; ++i) std::fill_n(c + i * leading, e.columns, T(0));
  else if (is_worth_packing(e))
    multiply_packed(e, a, b, c, leading);
  else
    multiply_block(e, {1, 1}, 0, a, b, c, leading);
}

}  // namespace tapestry::detail
