// Running sums.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

// Running sums along an axis. i64 and boolean give i64.
Tensor cumsum(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
