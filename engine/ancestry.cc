#include "engine/ancestry.h"

#include <algorithm>
#include <numeric>

#include "engine/walk.h"

namespace tapestry {
using namespace detail;

Ancestry::Ancestry(const Tape& tape, std::span<const NodeId> nodes) {
  if (nodes.empty()) return;
  const auto [lowest, highest] = std::minmax_element(nodes.begin(), nodes.end());
  for (NodeId id : {*lowest, *highest})
    if (id == 0 || id > tape.size())
      refuse("ancestry", "there is no node {}; the tape holds 1 to {}", id, tape.size());
  const NodeId last = *highest;
  members_.resize(std::size_t{last} + 1);
  for (NodeId id : nodes) members_[id] = 1;
  std::size_t count = 0;
  walk_down(tape, last, [&](NodeId id, std::span<const NodeId> operands) {
    if (!members_[id]) return;
    ++count;
    for (NodeId operand : operands) members_[operand] = 1;
  });
  ids_.reserve(count);
  for (NodeId id = 1; id <= last; ++id)
    if (members_[id]) ids_.push_back(id);
}

Ancestry::Ancestry(const Tape& tape)
    : ids_(tape.size()), members_(std::size_t{tape.size()} + 1, std::uint8_t{1}) {
  std::iota(ids_.begin(), ids_.end(), NodeId{1});
  members_[0] = 0;
}

}  // namespace tapestry
