// Modules without parameters: activations, flattening, dropout.
#pragma once

#include "nn/module.h"

namespace tapestry::nn {

class ReLU : public Module {
 public:
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override { return "ReLU"; }
};

class Sigmoid : public Module {
 public:
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override { return "Sigmoid"; }
};

class Tanh : public Module {
 public:
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override { return "Tanh"; }
};

class Softmax : public Module {
 public:
  explicit Softmax(int axis = -1) : axis_(axis) {}
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override;

 private:
  int axis_;
};

// (N, ...) to (N, the rest as one axis).
class Flatten : public Module {
 public:
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override { return "Flatten"; }
};

// While training: zero with probability p, the others divided by 1 - p, so that the mean stays.
// Else the identity. Error unless 0 <= p < 1.
class Dropout : public Module {
 public:
  explicit Dropout(double p = 0.5, Rng rng = Rng(0));
  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override;

 private:
  double p_;
  std::shared_ptr<Rng> rng_;  // copies draw from one stream
};

}  // namespace tapestry::nn
