// Putting tensors beside one another, and taking one apart. All dtypes; differentiable.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry {

namespace detail {
// Of a tensor that is taken apart.
inline constexpr std::int64_t kMostParts = std::int64_t{1} << 24;
}  // namespace detail

// Along an axis that is there. The other extents must be equal; dtypes are promoted.
Tensor concat(const std::vector<Tensor>& tensors, int axis = 0, detail::Site site = {});

// Along a new axis. All shapes must be equal; dtypes are promoted.
Tensor stack(const std::vector<Tensor>& tensors, int axis = 0, detail::Site site = {});

// Views of that many equal parts, or of parts with these extents. Error when they do not make up
// the axis.
std::vector<Tensor> split(const Tensor& x, std::int64_t parts, int axis = 0,
                          detail::Site site = {});
std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes, int axis = 0,
                          detail::Site site = {});

// x without the axis, at each position of it: views, and one operation. A loop over them costs a
// gradient of x once, where a loop over x[i] costs it for each.
std::vector<Tensor> unstack(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
