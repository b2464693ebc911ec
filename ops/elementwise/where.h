// Selection by a mask. The branch that is not taken contributes nothing, whatever its numbers are.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"
#include "ops/elementwise/beside.h"

namespace tapestry {

// a where the mask holds, else b; all three broadcast. Error when the mask is not boolean.
Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b, detail::Site site = {});
Tensor where(const Tensor& mask, const Tensor& a, const detail::Beside& b, detail::Site site = {});
Tensor where(const Tensor& mask, const detail::Beside& a, const Tensor& b, detail::Site site = {});

// x held to [low, high]; partial 1 within, bounds included, else 0. Error when low > high.
Tensor clamp(const Tensor& x, const detail::Beside& low, const detail::Beside& high,
             detail::Site site = {});

namespace detail {

// x with these numbers in place of NaN, inf and -inf, which have partial 0; the largest finite ones
// of its dtype where none is given. Integers stay.
struct Replacements {
  double nan = 0;
  std::optional<double> posinf{}, neginf{};
};

}  // namespace detail

Tensor nan_to_num(const Tensor& x, const detail::Replacements& replacements = {},
                  detail::Site site = {});

}  // namespace tapestry
