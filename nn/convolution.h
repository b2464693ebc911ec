// Convolution and pooling of images (N, C, H, W).
#pragma once

#include "nn/layer.h"
#include "ops/conv/conv.h"

namespace tapestry::nn {

struct Conv2dOptions {
  detail::PerAxis stride = 1, padding = 0, dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  DType dtype = DType::f32;
};

// y = conv2d(x, W, b), with W (out, in / groups, kernel...), b (out,).
class Conv2d : public detail::StandardLayer {
 public:
  // W and b uniform in [-1/sqrt(n), 1/sqrt(n)), where n = in / groups * the kernel's elements, as
  // PyTorch's default. Error unless the groups divide both numbers of channels.
  Conv2d(std::int64_t in, std::int64_t out, const detail::PerAxis& kernel, Rng& rng,
         const Conv2dOptions& options = {}, Site site = {});

  Tensor forward(const Tensor& x) const override;
  std::string type() const override;
  Members members() override;

  Parameter weight;
  Parameter bias;  // not defined() when there is none

 private:
  Conv2dOptions options_;
};

class MaxPool2d : public detail::StandardLayer {
 public:
  explicit MaxPool2d(const detail::PerAxis& kernel, const MaxPoolOptions& options = {},
                     Site site = {});
  Tensor forward(const Tensor& x) const override { return max_pool2d(x, kernel_, options_); }
  std::string type() const override;

 private:
  detail::PerAxis kernel_;
  MaxPoolOptions options_;
};

class AvgPool2d : public detail::StandardLayer {
 public:
  explicit AvgPool2d(const detail::PerAxis& kernel, const AvgPoolOptions& options = {},
                     Site site = {});
  Tensor forward(const Tensor& x) const override { return avg_pool2d(x, kernel_, options_); }
  std::string type() const override;

 private:
  detail::PerAxis kernel_;
  AvgPoolOptions options_;
};

}  // namespace tapestry::nn
