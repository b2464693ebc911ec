// Folding axes away: sum(x), sum(x, {.axis = 0}), mean(x, {.axis = {0, 1}, .keepdims = true}).
// Without .axis all axes are folded; with .keepdims they stay with extent 1. Results are the same
// bits for any number of threads.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"
#include "ops/reduce/reduce_options.h"

namespace tapestry {

// f32 and f64 keep their dtype, i64 and boolean give i64. Of nothing: 0.
Tensor sum(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
// f32 and f64 only. Of nothing: NaN.
Tensor mean(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

// The sum of squared deviations from the mean over (n - correction), and its square root, whose
// derivatives where all elements are equal are 0, and which does not over- or underflow. f32 and
// f64 only. Each has two names: after `using namespace tapestry` std(x) is ambiguous, where
// stddev(x) is not.
struct VarianceOptions {
  detail::Axes axis{};
  bool keepdims = false;
  double correction = 1;
};
Tensor var(const Tensor& x, const VarianceOptions& options = {}, detail::Site site = {});
Tensor std(const Tensor& x, const VarianceOptions& options = {}, detail::Site site = {});
Tensor variance(const Tensor& x, const VarianceOptions& options = {}, detail::Site site = {});
Tensor stddev(const Tensor& x, const VarianceOptions& options = {}, detail::Site site = {});

// boolean: is any element, are all elements different from 0? Of nothing: false and true.
Tensor any(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
Tensor all(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
