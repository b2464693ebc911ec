// Equations with triangular matrices. f32 and f64, differentiable to any order.
#pragma once

#include <string_view>

#include "engine/tensor/tensor.h"

namespace tapestry {

struct TriangularOptions {
  bool upper = false;      // which triangle of A is read; the other may hold anything
  bool transpose = false;  // solve A^T X = B
  bool unit = false;       // take the diagonal to be 1; it is not read
};

// X with A X = B, for A (..., n, n) and B (..., n, k), leading axes broadcast; B of rank 1 is a
// vector, and so is then each X. Different floating dtypes meet in the larger. Error when A is not
// square, the extents differ, or an element of the diagonal is 0.
Tensor triangular_solve(const Tensor& a, const Tensor& b, const TriangularOptions& options = {},
                        detail::Site site = {});

namespace detail::linalg {
// Where the matrix is singular, refuses in the name of `who`, which must be a literal.
Tensor triangular_solve_for(std::string_view who, const Tensor& a, const Tensor& b,
                            const TriangularOptions& options);
}  // namespace detail::linalg

}  // namespace tapestry
