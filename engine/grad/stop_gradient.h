// The identity through which no derivative flows.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// x, through which nothing flows: no gradient back, no tangent forward. vmap follows it, as it
// cannot follow the plain numbers of detach(x); custom_vjp, which refuses those, takes it at its
// word.
Tensor stop_gradient(const Tensor& x, detail::Site site = {});

}  // namespace tapestry
