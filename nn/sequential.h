// Layers one after the other.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/layer.h"

namespace tapestry::nn {

class Sequential : public Layer {
 public:
  Sequential() = default;
  template <class... Layers>
  requires(sizeof...(Layers) > 0) explicit Sequential(Layers... layers) {
    static_assert((std::is_base_of_v<Layer, Layers> && ...),
                  "Sequential holds layers; nn::Lambda makes one of a function of a tensor");
    (add(std::move(layers)), ...);
  }

  template <class L>
  void append(L layer) {
    static_assert(std::is_base_of_v<Layer, L>,
                  "Sequential holds layers; nn::Lambda makes one of a function of a tensor");
    add(std::move(layer));
  }

  std::size_t size() const { return layers_.size(); }
  // Negative positions count from the end. Error when there is no such layer.
  Layer& operator[](const detail::Position& position) const;
  // The layers as functions, which share them; they stand at the line of this call.
  std::vector<detail::Function> functions(Site site = {}) const;

  Tensor forward(const Tensor& x) const override;
  Members members() override;

 private:
  template <class L>
  void add(L layer) {
    if constexpr (std::is_base_of_v<Layer, L>)
      layers_.push_back(std::make_shared<L>(std::move(layer)));
  }

  std::vector<std::shared_ptr<Layer>> layers_;
};

// The layers in segments, each computed again when a gradient passes it: tapestry's of that name.
// Layers must give the same result when called again, so Dropout has no place here while training.
detail::Function checkpoint_sequential(const Sequential& layers, std::int64_t segments,
                                       detail::Site site = {});

}  // namespace tapestry::nn
