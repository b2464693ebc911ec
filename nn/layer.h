// A module of one tensor: its members and its forward, nothing else.
//
//   struct Residual : nn::Layer {
//     nn::Linear inner;
//     explicit Residual(Rng& rng) : inner(8, 8, rng) {}
//     Tensor forward(const Tensor& x) const override { return x + relu(inner(x)); }
//     nn::Members members() override { return {{"inner", inner}}; }
//   };
//
// A call of a layer that the layer around it owns, however deep, opens the name scope of its path
// there, so that nodes, messages and parameters are called "2.inner", "2.inner.weight".
#pragma once

#include <string>
#include <string_view>

#include "nn/module.h"

namespace tapestry::nn {

namespace detail {
class LayerCall;
}

class Layer : public Module {
 public:
  // forward(x). Operations of a layer of this library stand at `site`, the line of its caller;
  // those of a layer of the user's at their own lines.
  Tensor operator()(const Tensor& x, Site site = {}) const { return call(x, site, {}); }

  virtual Tensor forward(const Tensor& x) const = 0;

  // A table: layer, type, output shape, number of parameters, a row for each layer that calls no
  // other. Runs forward once, in eval mode, on zeros of shape `input`; nothing changes. `dtype` is
  // that of the first parameter (f32 where there is none) unless it is given.
  std::string summary(const Shape& input, Site site = {}) const;
  std::string summary(const Shape& input, DType dtype, Site site = {}) const;

 private:
  friend class Sequential;
  friend class detail::LayerCall;
  // The same for a member of the layer that is being called, whose name is known.
  Tensor call(const Tensor& x, const Site& site, std::string_view name) const;
  virtual bool stands_at_caller() const { return false; }
};

namespace detail {

// A layer of this library.
class StandardLayer : public Layer {
  bool stands_at_caller() const override { return true; }
};

// Sees every call of a layer on this thread while it lives.
class LayerWatch : Ambient<&Context::layer_watch> {
 public:
  LayerWatch() : Ambient(this) {}
  virtual ~LayerWatch() = default;
  // `is_innermost`: it called no other layer.
  virtual void called(const Layer& layer, std::string_view path, const Tensor& result,
                      bool is_innermost) = 0;
};

// The line of the innermost call of a layer on this thread; nowhere outside of calls.
Site layer_site();

// The name by which the layer that is being called on this thread knows a parameter; empty when
// none is called, or it does not own it.
std::string member_name(const Parameter& parameter);

}  // namespace detail

}  // namespace tapestry::nn
