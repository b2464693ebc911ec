#include "tools/tutorial/partials.h"

#include "engine/grad/sweep.h"
#include "tools/tutorial/formula.h"

namespace tapestry::tools {
using namespace detail;

std::vector<Partial> partials(Tape& tape, NodeId node) {
  const Formulas::Parts parts = Formulas(tape).parts(node);
  if (parts.operands.empty()) return {};
  Sweep sweep(tape, node, parts.operands, true);
  {
    // The reverse sweep of a gradient, but only through what lies between.
    const Tape::Resume resume(&tape);
    sweep.add(node, Scalar(1));
    for (const NodeId id : parts.between) {
      const Run statement = tape.statement(id);
      statement.kernel->record_reverse(statement, sweep);
    }
  }
  std::vector<Partial> found;
  for (const NodeId operand : parts.operands)
    found.push_back({operand, sweep.number<Scalar>(operand)});
  return found;
}

}  // namespace tapestry::tools
