// The page's functions of Lanes (engine/lanes.h): each lane gets what the SIMD kernels of tensors
// give.
#pragma once

#include "engine/lanes.h"
#include "ops/paged.h"

namespace tapestry {

namespace detail {

template <>
inline constexpr bool is_paged<Lanes> = true;
Lanes unary_value(Unary op, const Lanes& x);
Lanes binary_value(Binary op, const Lanes& x, const Lanes& z);

}  // namespace detail

Lanes polygamma(int order, const Lanes& x);

}  // namespace tapestry
