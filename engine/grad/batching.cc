#include "engine/grad/batching.h"

#include "engine/grad/broadcast.h"

namespace tapestry::detail {

Tensor Batching::expanded(int i) const {
  if (is_batched(i)) return operand(i);
  Shape shape = operand(i).shape();
  shape.insert(0, size_);
  return broadcast_to(operand(i), shape);
}

std::vector<Tensor> Batching::expanded() const {
  std::vector<Tensor> all;
  for (std::size_t i = 0; i < operands_.size(); ++i) all.push_back(expanded(static_cast<int>(i)));
  return all;
}

void Batching::execute(const std::vector<Tensor>& operands, const void* attributes) {
  detail::execute(op_, operands, attributes ? attributes : attributes_, results_);
}

}  // namespace tapestry::detail
