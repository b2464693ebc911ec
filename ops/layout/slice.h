// Stretches of axes, cut out, put back, reversed: start, stop and step as in Python.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/tensor/tensor.h"
#include "ops/layout/axes.h"

namespace tapestry {

namespace detail {

// Python's start:stop:step. Negative positions count from the end, missing ones mean the whole way,
// those outside are clamped; the step may be negative, not 0.
struct Range {
  std::optional<std::int64_t> start{}, stop{};
  std::int64_t step = 1;
};

}  // namespace detail

Tensor slice(const Tensor& x, int axis, const detail::Range& range, detail::Site site = {});
Tensor slice(const Tensor& x, int axis, std::optional<std::int64_t> start,
             std::optional<std::int64_t> stop, std::int64_t step = 1, detail::Site site = {});
// The leading axes, one range each: slice(x, {{1, 3}, {.step = -1}}).
Tensor slice(const Tensor& x, const std::vector<detail::Range>& ranges, detail::Site site = {});

// x[start:stop:step] = source as a function: x with that part replaced by the source, which
// broadcasts to it. dtypes are promoted; x keeps its numbers.
Tensor slice_scatter(const Tensor& x, const Tensor& source, int axis, const detail::Range& range,
                     detail::Site site = {});
Tensor slice_scatter(const Tensor& x, const Tensor& source,
                     const std::vector<detail::Range>& ranges, detail::Site site = {});

// Reverses the named axes, or all.
Tensor flip(const Tensor& x, const detail::Axes& axes = {}, detail::Site site = {});

}  // namespace tapestry
