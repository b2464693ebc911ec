// The extreme so far along an axis, and where it lies. Differentiable.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry {

namespace detail {
struct Running {
  Tensor values, indices;  // values = gather(x, axis, indices)
};
}  // namespace detail

// The largest, or the smallest, so far and where it lies: the last of equals, as in PyTorch. NaN
// stays once met. Values in x's dtype, indices i64.
detail::Running cummax(const Tensor& x, int axis, detail::Site site = {});
detail::Running cummin(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
