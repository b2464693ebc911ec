// Windows of neighbours, as views.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry {

// Windows of `size` neighbours along an axis, one every `step`: the axis counts windows, a new last
// axis runs through each; a view. Error when no window fits, or size or step is not positive.
Tensor unfold(const Tensor& x, int axis, std::int64_t size, std::int64_t step,
              detail::Site site = {});

}  // namespace tapestry
