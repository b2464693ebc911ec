// Visiting the nodes of a tape with their operands, span by span: linear, where asking the tape for
// the operands of one id searches its spans.
#pragma once

#include <span>

#include "engine/tape.h"

namespace tapestry {

namespace detail {

inline std::span<const NodeId> operands_within(const Tape& tape, const Run& run, NodeId id) {
  if (!run.kernel) return tape.tensor_node(id).operand_ids();
  const auto leaves = static_cast<std::size_t>(run.kernel->leaves);
  return {run.leaves + (id - run.first) * leaves, leaves};
}

}  // namespace detail

// Calls f(id, operands) for ids 1 .. last, upwards.
template <class F>
void walk_up(const Tape& tape, NodeId last, F&& f) {
  for (std::size_t span = 0; span < tape.span_count(); ++span) {
    const Run run = tape.span_within(span, 1, last);
    if (run.count == 0) return;
    for (NodeId id = run.first; id < run.first + run.count; ++id)
      f(id, detail::operands_within(tape, run, id));
  }
}

// The same downwards: every user comes before its operands.
template <class F>
void walk_down(const Tape& tape, NodeId last, F&& f) {
  if (last == 0) return;
  for (std::size_t span = tape.span_of(last) + 1; span-- > 0;) {
    const Run run = tape.span_within(span, 1, last);
    for (NodeId id = run.first + run.count; id-- > run.first;)
      f(id, detail::operands_within(tape, run, id));
  }
}

}  // namespace tapestry
