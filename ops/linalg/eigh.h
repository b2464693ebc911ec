// Eigenvalues and eigenvectors of symmetric matrices. f32 and f64, batched over leading axes,
// differentiable to any order.
#pragma once

#include "engine/tensor.h"

namespace tapestry {

// A = V diag(w) V^T for A (..., n, n): w (..., n) ascends, the columns of V (..., n, n) are
// orthonormal. The symmetric part (A + A^T) / 2 is taken, which is A itself where A is symmetric,
// so gradients are symmetric and hold in every direction. Error when A is not square. A matrix with
// an element that is not finite gives NaN.
//
// The sign of an eigenvector is LAPACK's choice, and a gradient means something only for results
// that do not depend on it. The derivative of an eigenvector divides by the gaps between its
// eigenvalue and the others: where a gap is 0 to rounding (eps max |w|) a gradient through V is an
// Error, one through w alone that of the eigenvalues in the order and basis found. So it is in
// forward mode, where an operation on the tangent of V is the Error. The gradient of eigenvalues is
// made of vectors: a second derivative through it is an Error there, whatever the function.
struct Eigh {
  Tensor w, v;
};
Eigh eigh(const Tensor& a, detail::Site site = {});

// The eigenvalues alone.
Tensor eigvalsh(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
