// The largest and the smallest, and where they lie.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"
#include "ops/reduce/reduce_options.h"

namespace tapestry {

// The largest and smallest element, in x's dtype; NaN if there is one. Equal extremes share the
// adjoint evenly. Error when there are no elements to choose from.
Tensor max(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
Tensor min(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

// Where the extreme lies: i64, the first of equals; a NaN counts as extreme. Without .axis the
// position in row-major order. Error when there are no elements to choose from.
struct ArgOptions {
  std::optional<int> axis{};
  bool keepdims = false;
};
Tensor argmax(const Tensor& x, const ArgOptions& options = {}, detail::Site site = {});
Tensor argmin(const Tensor& x, const ArgOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
