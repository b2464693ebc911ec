// Roots at 0, where their partial is infinite and that of the distance which they measure is any of
// a whole ball: the one in its middle is taken, 0.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// x^power for x >= 0, with partial 0 at 0.
Tensor flat_power(const Tensor& x, double power);

}  // namespace tapestry::detail
