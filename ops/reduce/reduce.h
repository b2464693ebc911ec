// Folding axes away: sum(x), sum(x, {.axis = 0}), mean(x, {.axis = {0, 1}, .keepdims = true}).
// Without .axis all axes are folded; with .keepdims they stay with extent 1. Results are the same
// bits for any number of threads.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry {

struct ReduceOptions {
  detail::Axes axis{};
  bool keepdims = false;
};

// f32 and f64 keep their dtype, i64 and boolean give i64. Of nothing: 0 and 1.
Tensor sum(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
Tensor prod(const Tensor& x, const ReduceOptions& options = {},
            detail::Site site = {});  // exact derivatives of any order at zeros too

// f32 and f64 only. Of nothing: NaN.
Tensor mean(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

// The largest and smallest element, in x's dtype; NaN if there is one. Equal extremes share the
// adjoint evenly. Error when there are no elements to choose from.
Tensor max(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
Tensor min(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

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

// x - mean(x) over axes, of x's shape. The mean is not rounded first, so that a deviation is as
// good as x allows, however far x lies from 0. f32 and f64 only.
Tensor centered(const Tensor& x, const detail::Axes& axis = {}, detail::Site site = {});

// Where the extreme lies: i64, the first of equals; a NaN counts as extreme. Without .axis the
// position in row-major order. Error when there are no elements to choose from.
struct ArgOptions {
  std::optional<int> axis{};
  bool keepdims = false;
};
Tensor argmax(const Tensor& x, const ArgOptions& options = {}, detail::Site site = {});
Tensor argmin(const Tensor& x, const ArgOptions& options = {}, detail::Site site = {});

// boolean: is any element, are all elements different from 0? Of nothing: false and true.
Tensor any(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});
Tensor all(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

// Running sums along an axis. i64 and boolean give i64.
Tensor cumsum(const Tensor& x, int axis, detail::Site site = {});

}  // namespace tapestry
