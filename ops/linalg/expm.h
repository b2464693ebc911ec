// The matrix exponential. f32 (computed in double) and f64, batched over leading axes,
// differentiable to any order.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// The sum of A^k / k! of each square matrix, by the Pade approximant of degree 13 with scaling and
// squaring, where parts that decay fast leave the slow ones their digits. Error when A is not
// square. A matrix with an element that is not finite gives NaN. N. J. Higham, The scaling and
// squaring method for the matrix exponential revisited, SIAM J. Matrix Anal. Appl. 26, 2005.
Tensor expm(const Tensor& a, detail::Site site = {});

}  // namespace tapestry
