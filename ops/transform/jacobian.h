// First and second derivatives of functions of one tensor, whole or along a direction. They nest in
// each other.
#pragma once

#include "engine/grad/transform.h"

namespace tapestry {

// dy/dx, of shape y.shape followed by x.shape. Reverse mode when y has no more elements than x,
// else forward mode.
Tensor jacobian(const detail::Function& f, const Tensor& x, detail::Site site = {});
Tensor jacobian_forward(const detail::Function& f, const Tensor& x, detail::Site site = {});
Tensor jacobian_reverse(const detail::Function& f, const Tensor& x, detail::Site site = {});

// d2y/dx2 of a function to one number, of shape x.shape twice: forward over reverse.
Tensor hessian(const detail::Function& f, const Tensor& x, detail::Site site = {});

// The hessian times v, without the hessian: the gradient's derivative along v.
Tensor hvp(const detail::Function& f, const Tensor& x, const Tensor& v, detail::Site site = {});

}  // namespace tapestry
