// Many derivatives of scalars in few walks: a walk carries eight directions at once.
#pragma once

#include <vector>

#include "engine/tape.h"

namespace tapestry {

// d ys[i] / d xs[k] at row i, column k, as f64 of shape (ys, xs): rows by reverse walks when there
// are no more ys than xs, else columns by forward walks. A y that depends on no x, or that is a
// plain number, has zeros. Error when an x is not recorded, when they are not all of one living
// tape, and when a tensor lies between.
Tensor jacobian(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs);
Tensor jacobian_forward(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs);
Tensor jacobian_reverse(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs);

}  // namespace tapestry
