// Copies the elements of a tensor, of any strides, in row-major order into plain memory of another
// type.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// To is the type of a dtype. Compiled once, for all pairs of types.
template <class To>
void copy_elements(const Tensor& from, To* to);

// The same numbers in memory of their own, row-major.
Tensor copy_of(const Tensor& x);

}  // namespace tapestry::detail
