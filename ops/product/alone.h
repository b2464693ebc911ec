// Products of matrices within a loop that threads share already.
#pragma once

#include <algorithm>
#include <optional>

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

// B in several such products with all of it, or with its first rows or columns: it is packed once,
// where that pays.
template <class T>
class Repeated {
 public:
  Repeated(std::int64_t inner, std::int64_t columns, const Matrix<T>& b) : b_(b) {
    if (is_worth_packing({kRows, columns, inner}) && PackedRight<T>::takes(inner, columns))
      packed_.emplace(inner, columns, b);
  }
  // C = A B, as above.
  void multiply(const Extents& e, const Matrix<T>& a, T* c, std::int64_t leading) const {
    if (packed_ && is_worth_packing(e))
      multiply_packed(e, a, *packed_, c, leading);
    else
      multiply_alone(e, a, b_, c, leading);
  }

 private:
  static constexpr std::int64_t kRows = 128;  // of a typical A
  Matrix<T> b_;
  std::optional<PackedRight<T>> packed_;
};

}  // namespace tapestry::detail
