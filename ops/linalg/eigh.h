// Eigenvalues and eigenvectors of symmetric matrices. f32 and f64, batched over leading axes,
// differentiable to any order.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// A = V diag(w) V^T for A (..., n, n): w (..., n) ascends, the columns of V (..., n, n) are
// orthonormal. The symmetric part (A + A^T) / 2 is taken, which is A itself where A is symmetric,
// so gradients are symmetric and hold in every direction. Error when A is not square. A matrix with
// an element that is not finite gives NaN.
//
// Which vectors span the space of equal eigenvalues, and their signs, is LAPACK's choice, and a
// derivative means something only for results that do not depend on it. Such results, functions of
// the matrix, have derivatives where eigenvalues are equal, too: first ones of what is made of
// vectors, second ones of what is made of the eigenvalues, by every mode. They take a second
// sweep, which is recorded for a while; jvp then calls its function twice. Where eigenvalues are
// equal to rounding (8 n eps max |w|), the derivative of a result that depends on the choice, and
// any of higher order, is an Error. One through the eigenvalues alone is always that of the order
// and basis found.
struct Eigh {
  Tensor w, v;
};
Eigh eigh(const Tensor& a, detail::Site site = {});

// The eigenvalues alone.
Tensor eigvalsh(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
