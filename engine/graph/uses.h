// Who reads a node: the operand lists of a tape turned round. A tape stores only what a node reads;
// this is the companion for questions that run the other way, built in one linear pass.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/graph/ancestry.h"

namespace tapestry {

// One edge of the graph: operand number `slot` of node `user`. x * x uses x twice.
struct Use {
  NodeId user = 0;
  std::uint32_t slot = 0;

  friend auto operator<=>(const Use&, const Use&) = default;
};

class Uses {
 public:
  // Of the nodes of an ancestry, by one another. The tape must outlive this; later nodes are not
  // seen.
  Uses(const Tape& tape, const Ancestry& among);

  const Tape& tape() const { return *tape_; }
  operator const Tape&() const { return *tape_; }  // NOLINT: operands are read from the tape itself

  std::span<const NodeId> ids() const { return ids_; }       // ascending
  std::size_t index(NodeId id) const { return index_[id]; }  // position among ids()
  const std::uint32_t* indices() const { return index_.data(); }

  std::span<const Use> of(NodeId id) const {  // ascending
    const std::size_t i = index_[id];
    return {uses_.data() + begin_[i], begin_[i + 1] - begin_[i]};
  }
  std::span<const Use> all() const { return uses_; }  // by operand

 private:
  const Tape* tape_;
  std::vector<NodeId> ids_;
  std::vector<std::uint32_t> index_;  // by id
  std::vector<std::size_t> begin_;    // by index: where its uses start; one more for the end
  std::vector<Use> uses_;
};

inline Uses uses(const Tape& tape) { return {tape, Ancestry(tape)}; }
inline Uses uses(const Tape& tape, const Ancestry& among) { return {tape, among}; }

}  // namespace tapestry
