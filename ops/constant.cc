#include "ops/constant.h"

#include <cmath>

#include "engine/factory.h"

namespace tapestry::detail {

Tensor repeated(double value, const Shape& shape, DType dtype) {
  return full({}, value, dtype).view(shape, Strides(shape.rank(), 0));
}

Tensor number_beside(const Tensor& x, double value) {
  if (is_floating(x.dtype())) return full({}, value, x.dtype());
  const bool whole = value == std::floor(value) && std::abs(value) < 0x1p62;
  return full({}, value, whole ? DType::i64 : DType::f32);
}

}  // namespace tapestry::detail
