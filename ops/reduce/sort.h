// Elements in order along an axis. Equals keep their order; NaN counts as the largest. Values have
// the dtype of x and are differentiable; indices are i64.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"
#include "ops/reduce/reduce.h"

namespace tapestry {

namespace detail {
struct Sorted {
  Tensor values, indices;  // values = gather(x, axis, indices)
};
}  // namespace detail

// auto [values, indices] = sort(x);
detail::Sorted sort(const Tensor& x, int axis = -1, bool descending = false,
                    detail::Site site = {});
Tensor argsort(const Tensor& x, int axis = -1, bool descending = false, detail::Site site = {});

// The k largest, in descending order, or the k smallest, in ascending order. Error when the axis
// holds fewer.
detail::Sorted topk(const Tensor& x, std::int64_t k, int axis = -1, bool largest = true,
                    detail::Site site = {});

// The number below which the share q of the elements lies, interpolated between neighbours, and
// that for q = 1/2, the mean of the two in the middle where their count is even. NaN if there is
// one, and of nothing an Error. f32 and f64 only.
Tensor quantile(const Tensor& x, double q, const ReduceOptions& options = {},
                detail::Site site = {});
Tensor median(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
