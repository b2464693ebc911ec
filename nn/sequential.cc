#include "nn/sequential.h"

namespace tapestry::nn {
using namespace detail;

Layer& Sequential::operator[](const Position& position) const {
  const CallSite call(position.site);
  const auto count = static_cast<std::int64_t>(layers_.size());
  const std::int64_t i = position.value < 0 ? position.value + count : position.value;
  if (i < 0 || i >= count)
    refuse("Sequential", "there is no layer {}; there are {}", position.value, count);
  return *layers_[static_cast<std::size_t>(i)];
}

Tensor Sequential::forward(const Tensor& x) const {
  const Site site = detail::layer_site();
  Tensor y = x;
  for (std::size_t i = 0; i < layers_.size(); ++i) y = layers_[i]->call(y, site, std::to_string(i));
  return y;
}

std::vector<Function> Sequential::functions(Site site) const {
  std::vector<Function> found;
  for (std::size_t i = 0; i < layers_.size(); ++i)
    found.emplace_back([layer = layers_[i], site, name = std::to_string(i)](const Tensor& x) {
      return layer->call(x, site, name);
    });
  return found;
}

Members Sequential::members() {
  Members found;
  for (std::size_t i = 0; i < layers_.size(); ++i)
    found.emplace_back(std::to_string(i), *layers_[i]);
  return found;
}

Function checkpoint_sequential(const Sequential& layers, std::int64_t segments, Site site) {
  return tapestry::checkpoint_sequential(layers.functions(site), segments, site);
}

}  // namespace tapestry::nn
