// Stochastic gradient descent, as PyTorch defines it:
//
//   g = gradient + weight_decay p,   v = momentum v + g (v = g at first),   p = p - lr (nesterov ?
//   g + momentum v : v)
//
// The update is made of differentiable ops. With a tracked lr, momentum or gradients (create_graph)
// it stands on the tape, and a gradient can be taken through it.
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "engine/mistakes.h"
#include "nn/module.h"
#include "nn/parameter.h"

namespace tapestry::nn {

struct SGDOptions {
  Scalar lr = 0.1;
  Scalar momentum = 0;
  Scalar weight_decay = 0;
  bool nesterov = false;
};

class SGD {
 public:
  // Error when there are no parameters, one is given twice, lr is negative or not finite, or
  // nesterov comes without momentum.
  SGD(std::vector<Parameter> parameters, SGDOptions options = {}, detail::Site site = {});
  // With that learning rate, and else the options as they are by default.
  template <std::convertible_to<Scalar> Number>
  SGD(std::vector<Parameter> parameters, const Number& lr, detail::Site site = {})
      : SGD(std::move(parameters), SGDOptions{.lr = lr}, site) {}
  template <std::derived_from<Module> M, class Options = SGDOptions>
  explicit SGD(const M&, const Options& = {}) {
    static_assert(tapestry::detail::never<M>, "an optimizer takes net.parameters(), not the net");
  }

  // One gradient for each parameter, in order and of its shape; Error otherwise, and nothing is
  // changed.
  void step(const std::vector<Tensor>& gradients, detail::Site site = {});

  const SGDOptions& options() const { return options_; }
  void set_lr(Scalar lr, detail::Site site = {});  // Error when negative or not finite

 private:
  std::vector<Parameter> parameters_;
  SGDOptions options_;
  std::vector<Tensor> velocity_;
};

}  // namespace tapestry::nn
