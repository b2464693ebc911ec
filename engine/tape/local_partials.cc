#include "engine/tape/local_partials.h"

#include <algorithm>
#include <numeric>

namespace tapestry::detail {

std::span<const double> LocalPartials::of(const Run& run, std::uint32_t i, double adjoint) {
  const auto count = static_cast<std::size_t>(run.kernel->arity);
  const NodeId* operands = run.operands_of(i);
  std::iota(operands_, operands_ + count, NodeId{1});
  for (std::size_t k = 0; k < count; ++k) numbers_[k + 1] = values_[operands[k]];
  numbers_[count + 1] = values_[run.first + i];
  std::fill_n(adjoints_, count + 1, 0.0);
  adjoints_[count + 1] = adjoint;
  const auto id = static_cast<NodeId>(count + 1);
  run.kernel->reverse(id, id + 1, operands_ + count, run.payload_of(i + 1), numbers_, adjoints_);
  return {adjoints_ + 1, count};
}

}  // namespace tapestry::detail
