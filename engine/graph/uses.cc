#include "engine/graph/uses.h"

#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;

Uses::Uses(const Tape& tape, const Ancestry& among) : tape_(&tape), ids_(among.ids()) {
  const NodeId last = ids_.empty() ? 0 : ids_.back();
  index_.resize(std::size_t{last} + 1);
  for (std::size_t i = 0; i < ids_.size(); ++i) index_[ids_[i]] = static_cast<std::uint32_t>(i);

  // Counting sort by operand: how many uses each has, where they start, then each into its place.
  begin_.assign(ids_.size() + 1, 0);
  traverse_up(tape, last, [&](NodeId id, std::span<const NodeId> operands) {
    if (!among.contains(id)) return;
    for (NodeId operand : operands) ++begin_[index_[operand] + 1];
  });
  for (std::size_t i = 0; i < ids_.size(); ++i) begin_[i + 1] += begin_[i];
  uses_.resize(begin_.back());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  traverse_up(tape, last, [&](NodeId id, std::span<const NodeId> operands) {
    if (!among.contains(id)) return;
    for (std::uint32_t slot = 0; slot < operands.size(); ++slot)
      uses_[next[index_[operands[slot]]]++] = {id, slot};
  });
}

}  // namespace tapestry
