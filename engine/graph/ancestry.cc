#include "engine/graph/ancestry.h"

#include <algorithm>
#include <numeric>

#include "engine/graph/reach.h"

namespace tapestry {
using namespace detail;

Ancestry::Ancestry(const Tape& tape, std::span<const NodeId> nodes) {
  if (nodes.empty()) return;
  const auto [lowest, highest] = std::minmax_element(nodes.begin(), nodes.end());
  for (NodeId id : {*lowest, *highest})
    if (id == 0 || id > tape.size())
      refuse("ancestry", "there is no node {}; the tape holds 1 to {}", id, tape.size());
  members_ = detail::NodeSet(1, *highest);
  for (NodeId id : nodes) members_.insert(id);
  detail::insert_ancestors(tape.storage(), members_, 1, [&](const Run& node) {
    return detail::operands_within(tape, node, node.first);
  });
  members_.for_each_up([&](NodeId id) { ids_.push_back(id); });
}

Ancestry::Ancestry(const Tape& tape)
    : ids_(tape.size()), members_(1, std::max<NodeId>(tape.size(), 1)) {
  std::iota(ids_.begin(), ids_.end(), NodeId{1});
  for (NodeId id : ids_) members_.insert(id);
}

}  // namespace tapestry
