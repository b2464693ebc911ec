// Adding contributions to an adjoint: the one sum that the chain rule itself needs.
#pragma once

#include "engine/tensor/basic_scalar.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// into += contribution, both of one shape and dtype; an `into` that is not defined takes it over.
// Recorded when recording is on and one of them is tracked; otherwise in place where no
// other tensor shares the numbers of `into`.
void accumulate(Tensor& into, Tensor contribution);
Scalar accumulate(Scalar into, Scalar contribution);

}  // namespace tapestry::detail
