// Pooling: each window of x (N, C, spatial...) becomes one number, each channel by itself. f32 and
// f64; any strides; a batch may be empty. The stride is the kernel unless given; padding is at most
// half the kernel. Extents are (x + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded
// down, or up with ceil_mode, where windows that would start in the padding at the end are left
// out. The same bits for any number of threads. Differentiable to any order.
#pragma once

#include "ops/conv/window.h"

namespace tapestry {

// Padding is never the largest; NaN is. Where several are, the first takes the adjoint.
struct MaxPoolOptions {
  detail::PerAxis stride{}, padding = 0, dilation = 1;
  bool ceil_mode = false;
};
Tensor max_pool1d(const Tensor& x, const detail::PerAxis& kernel,
                  const MaxPoolOptions& options = {}, detail::Site site = {});
Tensor max_pool2d(const Tensor& x, const detail::PerAxis& kernel,
                  const MaxPoolOptions& options = {}, detail::Site site = {});
Tensor max_pool3d(const Tensor& x, const detail::PerAxis& kernel,
                  const MaxPoolOptions& options = {}, detail::Site site = {});

// Also where the largest lie: i64, the row-major position within the channel.
struct MaxPooled {
  Tensor values, indices;
};
MaxPooled max_pool1d_with_indices(const Tensor& x, const detail::PerAxis& kernel,
                                  const MaxPoolOptions& options = {}, detail::Site site = {});
MaxPooled max_pool2d_with_indices(const Tensor& x, const detail::PerAxis& kernel,
                                  const MaxPoolOptions& options = {}, detail::Site site = {});
MaxPooled max_pool3d_with_indices(const Tensor& x, const detail::PerAxis& kernel,
                                  const MaxPoolOptions& options = {}, detail::Site site = {});

// Zeros with the values at the indices that max_pool gave; values that meet are added, so that this
// is the transpose of choosing. The spatial extents of the result are (values - 1) stride -
// 2 padding + kernel, or output_size. Error when an index lies outside.
struct MaxUnpoolOptions {
  detail::PerAxis stride{}, padding = 0, output_size{};
};
Tensor max_unpool1d(const Tensor& values, const Tensor& indices, const detail::PerAxis& kernel,
                    const MaxUnpoolOptions& options = {}, detail::Site site = {});
Tensor max_unpool2d(const Tensor& values, const Tensor& indices, const detail::PerAxis& kernel,
                    const MaxUnpoolOptions& options = {}, detail::Site site = {});
Tensor max_unpool3d(const Tensor& values, const Tensor& indices, const detail::PerAxis& kernel,
                    const MaxUnpoolOptions& options = {}, detail::Site site = {});

// Means of windows. Padding counts as zeros, or not at all; what ceil_mode adds never counts.
struct AvgPoolOptions {
  detail::PerAxis stride{}, padding = 0;
  bool ceil_mode = false;
  bool count_include_pad = true;
};
Tensor avg_pool1d(const Tensor& x, const detail::PerAxis& kernel,
                  const AvgPoolOptions& options = {}, detail::Site site = {});
Tensor avg_pool2d(const Tensor& x, const detail::PerAxis& kernel,
                  const AvgPoolOptions& options = {}, detail::Site site = {});
Tensor avg_pool3d(const Tensor& x, const detail::PerAxis& kernel,
                  const AvgPoolOptions& options = {}, detail::Site site = {});

// Means of windows that share each axis evenly: position i of n covers [i x / n, (i + 1) x / n),
// rounded outwards.
Tensor adaptive_avg_pool1d(const Tensor& x, const detail::PerAxis& output_size,
                           detail::Site site = {});
Tensor adaptive_avg_pool2d(const Tensor& x, const detail::PerAxis& output_size,
                           detail::Site site = {});
Tensor adaptive_avg_pool3d(const Tensor& x, const detail::PerAxis& output_size,
                           detail::Site site = {});

}  // namespace tapestry
