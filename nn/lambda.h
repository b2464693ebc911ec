// A function of a tensor as a layer without parameters.
//
//   nn::Sequential net{nn::Linear(64, 32, rng), nn::Lambda([](const Tensor& x) { return relu(x) *
//   x; })};
#pragma once

#include <string>
#include <utility>

#include "nn/layer.h"

namespace tapestry::nn {

class Lambda : public Layer {
 public:
  // Error for an empty function.
  explicit Lambda(std::function<Tensor(const Tensor&)> function, std::string type = "Lambda",
                  Site site = {});
  Tensor forward(const Tensor& x) const override { return function_(x); }
  std::string type() const override { return type_; }

 private:
  std::function<Tensor(const Tensor&)> function_;
  std::string type_;
};

}  // namespace tapestry::nn
