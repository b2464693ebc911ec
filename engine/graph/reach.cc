#include "engine/graph/reach.h"

namespace tapestry::detail {

NodeSet reach_of(const Tape& tape, std::span<const NodeId> ys, std::span<const NodeId> xs,
                 NodeId floor) {
  std::vector<NodeId> floating;
  for (NodeId x : xs)
    if (is_floating(tape.dtype(x))) floating.push_back(x);
  return reach_of(static_cast<const StatementStorage<double>&>(tape.storage()), ys, floating,
                  FlowsInto{tape.storage()}, floor);
}

}  // namespace tapestry::detail
