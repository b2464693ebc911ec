// x^power with derivative 0 at x = 0. The true derivative is infinite there. For a norm any
// subgradient in the unit ball is valid; we choose 0.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// For x >= 0.
Tensor flat_power(const Tensor& x, double power);

}  // namespace tapestry::detail
