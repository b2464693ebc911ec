// An operand of an operator, and the place in the source where it stands: operators take no further
// parameter, so the place comes with the operand. Made from a tensor or from what stands for one.
#pragma once

#include <concepts>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

class Operand {
 public:
  Operand(const Tensor& x, Site site = {}) : tensor_(&x), site_(site) {}  // NOLINT: converts
  template <class T>
  requires(!std::derived_from<T, Tensor> && !std::same_as<T, Operand> &&
           std::convertible_to<const T&, Tensor>) Operand(const T& x, Site site = {})
      : held_(x), tensor_(&held_), site_(site) {}  // NOLINT
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  const Tensor& tensor() const { return *tensor_; }
  const Site& site() const { return site_; }

 private:
  Tensor held_;
  const Tensor* tensor_;
  Site site_;
};

}  // namespace tapestry::detail
