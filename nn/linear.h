// y = x W^T + b, with x (..., in), W (out, in), b (out,).
#pragma once

#include "nn/layer.h"

namespace tapestry::nn {

struct LinearOptions {
  bool bias = true;
  DType dtype = DType::f32;
};

class Linear : public detail::StandardLayer {
 public:
  // W and b uniform in [-1/sqrt(in), 1/sqrt(in)), as PyTorch's default.
  Linear(std::int64_t in, std::int64_t out, Rng& rng, LinearOptions options = {}, Site site = {});

  Tensor forward(const Tensor& x) const override;
  std::string type() const override;
  Members members() override;

  Parameter weight;
  Parameter bias;  // not defined() when there is none
};

}  // namespace tapestry::nn
