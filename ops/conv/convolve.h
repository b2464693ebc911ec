// Convolutions (cross-correlations, as everywhere in learning) and their transposes, as in PyTorch.
// f32 and f64, which meet in f64; any strides; a batch may be empty. The same bits for any number
// of threads. Differentiable to any order in all operands.
#pragma once

#include "ops/conv/window.h"

namespace tapestry {

struct ConvOptions {
  detail::PerAxis stride = 1, padding = 0, dilation = 1;  // padding with zeros, on both sides
  std::int64_t groups = 1;  // that do not mix; they share the channels evenly
};

// x (N, C, spatial...), weight (O, C / groups, kernel...), bias (O,) -> (N, O, spatial...), where
// each spatial extent is (x + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down.
// Error when shapes do not fit, and when the kernel reaches over more than the padded input.
Tensor conv1d(const Tensor& x, const Tensor& weight, const ConvOptions& options = {},
              detail::Site site = {});
Tensor conv2d(const Tensor& x, const Tensor& weight, const ConvOptions& options = {},
              detail::Site site = {});
Tensor conv3d(const Tensor& x, const Tensor& weight, const ConvOptions& options = {},
              detail::Site site = {});
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions& options = {}, detail::Site site = {});
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions& options = {}, detail::Site site = {});
Tensor conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions& options = {}, detail::Site site = {});

struct ConvTransposeOptions {
  detail::PerAxis stride = 1, padding = 0, dilation = 1;
  detail::PerAxis output_padding =
      0;  // further extent at the end; less than the stride or the dilation
  std::int64_t groups = 1;
};

// The transpose of the convolution with that weight: x (N, C, spatial...), weight (C, O / groups,
// kernel...), bias (O,) -> (N, O, spatial...), where each spatial extent is
// (x - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});
Tensor conv_transpose3d(const Tensor& x, const Tensor& weight,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});
Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
