// The page's functions of Lanes (engine/scalar/lanes.h): each lane gets what the SIMD kernels of
// tensors give.
#pragma once

#include "engine/scalar/lanes.h"
#include "ops/page/gamma.h"
#include "ops/scalar/paged.h"

namespace tapestry {

namespace detail {

template <>
inline constexpr bool is_paged<Lanes> = true;

// Inline: the library is built for other registers than the program may be.
inline Lanes unary_value(Unary op, const Lanes& x) {
  const double* const in[] = {x.numbers()};
  Lanes y;
  unary_kernels<double>(op).forward(in, y.numbers(), kLanes);
  return y;
}
inline Lanes binary_value(Binary op, const Lanes& x, const Lanes& z) {
  const double* const in[] = {x.numbers(), z.numbers()};
  Lanes y;
  binary_kernels<double>(op).forward(in, y.numbers(), kLanes);
  return y;
}

}  // namespace detail

inline Lanes polygamma(int order, const Lanes& x) {
  Lanes y;
  for (std::size_t k = 0; k < kLanes; ++k) y.set(k, detail::page_numbers::polygamma(order, x[k]));
  return y;
}

}  // namespace tapestry
