// g, the adjoint, in the page's formulas while the walk is recorded. A formula is linear in g, and
// this type has no operation that is not; so it is read as g times a slope, and a g of zero stays
// zero where the slope is infinite, as in the kernels. The product is a function of g and slope
// both, differentiable at zeros: `where(g == 0, ...)` would cut off what g varies with.
#pragma once

#include <optional>
#include <utility>

#include "ops/constant.h"
#include "ops/elementwise.h"
#include "ops/where.h"

namespace tapestry {

class Cotangent {
 public:
  Cotangent(Tensor g) : g_(std::move(g)) {}  // NOLINT: an adjoint stands where a formula says g

  operator Tensor() const {  // NOLINT: a formula's value is an adjoint again
    if (slope_) return mul_zero(g_, *slope_);
    return factor_ == 1 ? g_ : factor_ == -1 ? -g_ : g_ * factor_;
  }

  friend Cotangent operator*(const Cotangent& g, const Tensor& z) {
    return g.with(g.slope_ ? *g.slope_ * z : g.factor_ == 1 ? z : g.factor_ * z);
  }
  friend Cotangent operator/(const Cotangent& g, const Tensor& z) {
    return g.with(g.slope_ ? *g.slope_ / z : g.factor_ / z);
  }
  friend Cotangent operator*(const Cotangent& g, double c) {
    Cotangent scaled = g;
    if (g.slope_)
      scaled.slope_ = *g.slope_ * c;
    else
      scaled.factor_ *= c;
    return scaled;
  }
  friend Cotangent operator*(double c, const Cotangent& g) { return g * c; }
  friend Cotangent operator/(const Cotangent& g, double c) { return g * (1 / c); }
  friend Cotangent operator-(const Cotangent& g) { return g * -1.0; }
  friend Cotangent zero(const Cotangent& g) { return zero(g.g_); }
  friend Cotangent mul_zeros(const Cotangent& g, const Tensor& z) {
    return mul_zeros(Tensor(g), z);
  }
  friend Cotangent where(const Tensor& mask, const Cotangent& a, const Cotangent& b) {
    return where(mask, Tensor(a), Tensor(b));
  }

 private:
  Cotangent with(Tensor slope) const {
    Cotangent scaled = *this;
    scaled.slope_ = std::move(slope);
    return scaled;
  }

  Tensor g_;
  double factor_ = 1;            // while no slope is there
  std::optional<Tensor> slope_;  // what multiplies g, factor included
};

}  // namespace tapestry
