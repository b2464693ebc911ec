// Selection by a mask. The branch that is not taken contributes nothing, whatever its numbers are.
#pragma once

#include <optional>

#include "engine/tensor.h"

namespace tapestry {

// a where the mask holds, else b; all three broadcast. Error when the mask is not boolean.
Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b, Site site = {});
Tensor where(const Tensor& mask, const Tensor& a, double b, Site site = {});
Tensor where(const Tensor& mask, double a, const Tensor& b, Site site = {});

// x held to [low, high]; slope 1 within, bounds included, else 0. Error when low > high.
Tensor clamp(const Tensor& x, double low, double high, Site site = {});

// x with these numbers in place of NaN, inf and -inf, which have slope 0; the largest finite ones
// of its dtype where none is given. Integers stay.
struct Replacements {
  double nan = 0;
  std::optional<double> posinf{}, neginf{};
};
Tensor nan_to_num(const Tensor& x, const Replacements& replacements = {}, Site site = {});

}  // namespace tapestry
