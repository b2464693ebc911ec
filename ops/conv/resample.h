// Linear maps that treat each spatial axis by itself: means of windows and interpolation. Each is
// one op with its transpose, which are each other's derivatives.
#pragma once

#include "ops/conv/bands.h"
#include "ops/conv/window.h"

namespace tapestry::detail {

enum class Resampler { avg_pool, adaptive_avg_pool, interpolate };

struct Resampling {
  int axes;
  Windows windows;
  bool count_padding = true;                   // avg_pool
  bool linear = false, align_corners = false;  // interpolate
  // interpolate: how far one step in the result goes in the input
  std::array<double, kSpatial> ratio{1, 1, 1};
};

// (N, C, input...) -> (N, C, output...).
Tensor resample(Resampler resampler, const Tensor& x, const Resampling& resampling);

}  // namespace tapestry::detail
