#include "engine/tape/local_slopes.h"

#include <algorithm>
#include <numeric>

namespace tapestry::detail {

std::span<const double> LocalSlopes::of(const Run& run, std::uint32_t i, double adjoint) {
  const auto count = static_cast<std::size_t>(run.kernel->leaves);
  const NodeId* leaves = run.leaves_of(i);
  std::iota(leaves_, leaves_ + count, NodeId{1});
  for (std::size_t k = 0; k < count; ++k) numbers_[k + 1] = values_[leaves[k]];
  numbers_[count + 1] = values_[run.first + i];
  std::fill_n(adjoints_, count + 1, 0.0);
  adjoints_[count + 1] = adjoint;
  const auto id = static_cast<NodeId>(count + 1);
  run.kernel->walk(id, id + 1, leaves_ + count, run.constants_of(i + 1), numbers_, adjoints_);
  return {adjoints_ + 1, count};
}

}  // namespace tapestry::detail
