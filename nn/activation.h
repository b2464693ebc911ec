// Modules without parameters: activations, flattening, dropout.
#pragma once

#include "nn/layer.h"

namespace tapestry::nn {

class ReLU : public detail::StandardLayer {
 public:
  Tensor forward(const Tensor& x) const override;
};

class Sigmoid : public detail::StandardLayer {
 public:
  Tensor forward(const Tensor& x) const override;
};

class Tanh : public detail::StandardLayer {
 public:
  Tensor forward(const Tensor& x) const override;
};

class Softmax : public detail::StandardLayer {
 public:
  explicit Softmax(int axis = -1) : axis_(axis) {}
  Tensor forward(const Tensor& x) const override;
  std::string type() const override;

 private:
  int axis_;
};

// (N, ...) to (N, the rest as one axis).
class Flatten : public detail::StandardLayer {
 public:
  Tensor forward(const Tensor& x) const override;
};

// While training: zero with probability p, the others divided by 1 - p, so that the mean stays.
// Else the identity. Error unless 0 <= p < 1.
class Dropout : public detail::StandardLayer {
 public:
  // Each has a stream of its own, so that no two draw the same mask: a fresh one, one seeded by the
  // next number of `rng`, or just this one.
  explicit Dropout(double p = 0.5, Site site = {});
  Dropout(double p, Rng& rng, Site site = {});
  Dropout(double p, Rng&& stream, Site site = {});
  Tensor forward(const Tensor& x) const override;
  std::string type() const override;

 private:
  double p_;
  std::shared_ptr<Rng> rng_;  // copies draw from one stream
};

}  // namespace tapestry::nn
