// Linear equations and the inverse, through LU with partial pivoting. f32 and f64, differentiable
// to any order. A matrix with an element that is not finite gives NaN.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// X with A X = B, for A (..., n, n) and B (..., n, k), leading axes broadcast; B of rank 1 is a
// vector, and so is then each X. Different floating dtypes meet in the larger. Error when A is not
// square, the extents differ, or A is singular to rounding (ops/linalg/rank.h).
Tensor solve(const Tensor& a, const Tensor& b, detail::Site site = {});

// A^-1. Error when A is not square, or singular to rounding. To solve equations prefer solve().
Tensor inverse(const Tensor& a, detail::Site site = {});

// A A ... A, k times; the inverse's power for k < 0. The identity for k = 0, which does not depend
// on A. Error when A is not square, or singular to rounding and k < 0.
Tensor matrix_power(const Tensor& a, std::int64_t k, detail::Site site = {});

namespace detail::linalg {
// Where the matrix is singular, refuses in the name of `who`, which must be a literal.
Tensor inverse_for(std::string_view who, const Tensor& a);
}  // namespace detail::linalg

}  // namespace tapestry
