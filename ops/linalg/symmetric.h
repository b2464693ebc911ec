// Symmetric parts, for factorizations that are defined on symmetric matrices: factoring
// (A + A^T) / 2 makes them functions of all of A, with a gradient in every direction.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"

namespace tapestry::detail::linalg {

// Into `to`, n by n; a symmetric A to the bit. Whether all elements are finite.
template <class T>
bool symmetric_part(const Item<T>& a, T* to) {
  const std::int64_t n = a.rows;
  bool finite = true;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j <= i; ++j) {
      const T below = a.at(i, j), above = a.at(j, i);
      const T mean = below == above ? below : T(0.5) * below + T(0.5) * above;
      to[i * n + j] = to[j * n + i] = mean;
      finite &= mean - mean == 0;
    }
  return finite;
}

// The same as an op.
inline Tensor symmetrized(const Tensor& a) { return 0.5 * (a + transpose(a)); }

}  // namespace tapestry::detail::linalg
