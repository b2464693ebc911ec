// What solvers of A X = B share: dtypes that meet, batches that broadcast, vectors as columns.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"

namespace tapestry::detail::linalg {

// The batch of the result, where the leading axes of A and B meet.
inline Shape equations_batch(std::string_view who, const Tensor& a, const Tensor& b) {
  return broadcast_shapes(who, batch_shape(a), batch_shape(b));
}

// op(A, B) on matrices of one floating dtype, A (..., m, n) and B (..., m, k); B of rank 1 becomes
// a column, and loses that axis again.
template <class F>
Tensor meet_in_equations(std::string_view who, const Tensor& a, const Tensor& b, F&& op) {
  require_floating(who, a, "A");
  if (b.rank() == 0) refuse(who, "B has shape {}; it must be a vector or matrices", b.shape());
  const DType dtype = promote(a.dtype(), b.dtype());
  const Tensor left = a.to(dtype), column = b.rank() == 1 ? unsqueeze(b, -1) : b,
               right = column.to(dtype);
  if (rows(left) != rows(right))
    refuse(who, "A has shape {}, B {}: the {} and the {} must be equal", a.shape(), b.shape(),
           rows(left), rows(right));
  const Tensor x = op(left, right);
  return b.rank() == 1 ? squeeze(x, -1) : x;
}

// The same for square A.
template <class F>
Tensor solve_equations(std::string_view who, const Tensor& a, const Tensor& b, F&& op) {
  require_square(who, a);
  return meet_in_equations(who, a, b, op);
}

}  // namespace tapestry::detail::linalg
