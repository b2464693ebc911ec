// Between scalars and tensors of one tape, so that one gradient flows through both.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

// A tensor of the given shape from that many scalars, row-major. Error when the number does not
// fit.
Tensor stack(const std::vector<Scalar>& scalars, const Shape& shape, DType dtype = DType::f64,
             detail::Site site = {});
Tensor stack(const std::vector<Scalar>& scalars, DType dtype = DType::f64,
             detail::Site site = {});  // one axis

// The element at an index, as a scalar; negative positions count from the end. Error when it is out
// of range.
Scalar at(const Tensor& x, const detail::Dims& index, detail::Site site = {});
// All elements, row-major.
std::vector<Scalar> unstack(const Tensor& x, detail::Site site = {});

}  // namespace tapestry
