// First and second derivatives of functions of one tensor, whole or along a direction. They nest in
// each other.
#pragma once

#include "engine/transform.h"

namespace tapestry {

// dy/dx, of shape y.shape followed by x.shape. Reverse mode when y has no more elements than x,
// else forward mode.
Tensor jacobian(const Function& f, const Tensor& x);
Tensor jacobian_forward(const Function& f, const Tensor& x);
Tensor jacobian_reverse(const Function& f, const Tensor& x);

// d2y/dx2 of a function to one number, of shape x.shape twice: forward over reverse.
Tensor hessian(const Function& f, const Tensor& x);

// The hessian times v, without the hessian: the gradient's derivative along v.
Tensor hvp(const Function& f, const Tensor& x, const Tensor& v);

// f for a batch: maps the first axis of x, and gives the results one after the other on a new first
// axis. f is run once, on the first example, and its operations are then carried out for the whole
// batch; so f must not look at numbers (item, to_vector, comparisons in its control flow), and
// draws of random numbers are shared.
Function vmap(Function f);

}  // namespace tapestry
