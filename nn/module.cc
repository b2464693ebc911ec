#include "nn/module.h"

#include <algorithm>

namespace tapestry::nn {
using namespace detail;

std::vector<std::pair<std::string, Parameter>> Module::named_parameters() const {
  std::vector<std::pair<std::string, Parameter>> found = own_parameters();
  for (const auto& [name, child] : children())
    for (auto& [inner, parameter] : child->named_parameters())
      if (std::none_of(found.begin(), found.end(),
                       [&](const auto& known) { return known.second == parameter; }))
        found.emplace_back(name + "." + inner, parameter);
  return found;
}

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> found;
  for (const auto& [name, parameter] : named_parameters()) found.push_back(parameter);
  return found;
}

void Module::train(bool training) {
  training_ = training;
  for (const auto& [name, child] : children()) child->train(training);
}

void Module::to(DType dtype) {
  for (Parameter parameter : parameters()) parameter.set(parameter.value().to(dtype));
}

Tensor Sequential::operator()(const Tensor& x, Site site) const {
  Tensor y = x;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    const NameScope scope(std::to_string(i));
    y = (*modules_[i])(y, site);
  }
  return y;
}

std::vector<Function> Sequential::functions(Site site) const {
  std::vector<Function> found;
  for (const auto& module : modules_)
    found.emplace_back([module, site](const Tensor& x) { return (*module)(x, site); });
  return found;
}

Function checkpoint_sequential(const Sequential& modules, std::int64_t segments, Site site) {
  return tapestry::checkpoint_sequential(modules.functions(site), segments, site);
}

std::vector<std::pair<std::string, Module*>> Sequential::children() const {
  std::vector<std::pair<std::string, Module*>> found;
  for (std::size_t i = 0; i < modules_.size(); ++i)
    found.emplace_back(std::to_string(i), modules_[i].get());
  return found;
}

}  // namespace tapestry::nn
