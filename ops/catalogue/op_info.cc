#include "ops/catalogue/op_info.h"

#include "engine/tensor/factory.h"

namespace tapestry::detail {

Tensor sample_numbers(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return randn(shape, rng, DType::f64);
}

}  // namespace tapestry::detail
