// Resizing the spatial axes of x (N, C, spatial...), one to three of them.
#pragma once

#include "ops/conv/window.h"

namespace tapestry {

enum class Interpolation { nearest, linear, bilinear = linear, trilinear = linear };

// Say the size or the scale. With align_corners the centres of the first and last elements stay
// where they are, otherwise the outer edges do; nearest has none of it.
struct InterpolateOptions {
  detail::PerAxis size{};  // extents of the result
  double scale = 0;        // or how many times as large, rounded down
  Interpolation mode = Interpolation::nearest;
  bool align_corners = false;
};

// As in PyTorch. f32 and f64; linear, and so is its derivative. Error unless exactly one of size
// and scale is given, and the result has elements.
Tensor interpolate(const Tensor& x, const InterpolateOptions& options, detail::Site site = {});

}  // namespace tapestry
