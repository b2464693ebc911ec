// Norms of vectors and matrices. f32 and f64, differentiable; compositions of ops.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry {

// (sum |x|^ord)^(1 / ord) over the axes, all unless named: 1, 2, any number above 0, infinity. As
// if the axes were one vector, so that norm(A) of a matrix is Frobenius'. The norm of 2 neither
// over- nor underflows; its derivatives at 0 are 0, of all orders,
// and so are those of its square there: write sum(square(x)) for that. Of nothing: 0. Error for an
// order of 0 or below.
struct NormOptions {
  double ord = 2;
  detail::Axes axis{};
  bool keepdims = false;
};
Tensor norm(const Tensor& x, const NormOptions& options = {}, detail::Site site = {});

// Of the last two axes: the root of the sum of squares, the sum of singular values, the largest
// column sum and row sum of absolute values, the largest singular value. Error below rank 2, and
// for the last three where there are no elements.
enum class MatrixNorm { frobenius, nuclear, one, infinity, two };
Tensor matrix_norm(const Tensor& a, MatrixNorm kind = MatrixNorm::frobenius,
                   detail::Site site = {});

// Kronecker's product: every element of a times all of b, as NumPy's kron; ranks may differ.
Tensor kron(const Tensor& a, const Tensor& b, detail::Site site = {});

}  // namespace tapestry
