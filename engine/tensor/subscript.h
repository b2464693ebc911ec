// What stands in the brackets of x[...], with the place in the source: positions along the leading
// axes, or a tensor of them.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>

#include "engine/base/position.h"
#include "engine/base/site.h"
#include "engine/tensor/shape.h"

namespace tapestry {

class Tensor;

namespace detail {

class Subscript {
 public:
  template <std::integral I>
  Subscript(I position, Site site = {})  // NOLINT: converts
      : positions_{static_cast<std::int64_t>(position)}, site_(site) {}
  Subscript(std::initializer_list<std::int64_t> positions, Site site = {})
      : positions_(positions), site_(site) {}
  Subscript(const Tensor& chooser, Site site = {}) : chooser_(&chooser), site_(site) {}  // NOLINT

  const Dims& positions() const { return positions_; }
  const Tensor* chooser() const { return chooser_; }  // a mask or indices; null for positions
  const Site& site() const { return site_; }

 private:
  Dims positions_;
  const Tensor* chooser_ = nullptr;
  Site site_;
};

}  // namespace detail

}  // namespace tapestry
