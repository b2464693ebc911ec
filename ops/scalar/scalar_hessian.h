// Second derivatives of scalars: the recorded statements executed with tangents, forward over
// reverse. Nothing is recorded.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

// d2y / dxs[i] dxs[k] at row i, column k, as f64 of shape (xs, xs): eight columns a sweep. What
// gradient() of gradient(y, xs, {.create_graph = true}) gives. Where an x is computed from another,
// the other's derivatives go through it. A y that depends on no x, or is a plain number, has zeros.
// Error when an x is not recorded, when they are not all of one living tape, when a tensor lies
// between, and when a scalar between has its partials as numbers (with_partials).
Tensor hessian(const Scalar& y, const std::vector<Scalar>& xs, detail::Site site = {});

// The hessian times v, in one sweep. Error as above, and when xs and v differ in number.
std::vector<double> hvp(const Scalar& y, const std::vector<Scalar>& xs,
                        const std::vector<double>& v, detail::Site site = {});

}  // namespace tapestry
