// What nodes were computed from: the nodes themselves, their operands, the operands of those, and
// so on. Ids are a topological order, so one loop downwards finds them.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "engine/graph/node_set.h"
#include "engine/tape/tape.h"

namespace tapestry {

class Ancestry {
 public:
  // Of some nodes of the tape. Error for an id that the tape does not hold.
  Ancestry(const Tape& tape, std::span<const NodeId> nodes);
  Ancestry(const Tape& tape, NodeId node) : Ancestry(tape, {&node, 1}) {}
  // Of everything on the tape.
  explicit Ancestry(const Tape& tape);

  const std::vector<NodeId>& ids() const& { return ids_; }  // ascending, so operands come first
  std::vector<NodeId> ids() && { return std::move(ids_); }
  bool contains(NodeId id) const { return members_.contains(id); }

 private:
  std::vector<NodeId> ids_;
  detail::NodeSet members_;
};

}  // namespace tapestry
