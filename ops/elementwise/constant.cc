#include "ops/elementwise/constant.h"

#include <vector>

#include "engine/grad/bridge.h"
#include "engine/tensor/factory.h"

namespace tapestry::detail {

Tensor repeated(double value, const Shape& shape, DType dtype) {
  return full({}, value, dtype).view(shape, Strides(shape.rank(), 0));
}

Tensor number_beside(const Tensor& x, const Beside& number) {
  const DType dtype = number.meets(x.dtype());
  if (number.scalar().is_tracked()) return stack({number.scalar()}, Shape{}, dtype);
  if (dtype == DType::i64) return from_vector(std::vector<std::int64_t>{number.integer()}, {});
  return full({}, number.value(), dtype);
}

}  // namespace tapestry::detail
