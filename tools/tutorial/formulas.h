// Scalars of a tape as they are written on a board: y = b + x * W. Nodes with a name stand for
// themselves; whatever lies between them is written out.
#pragma once

#include <string>
#include <vector>

#include "engine/tape/tape.h"

namespace tapestry::tools {

class Formulas {
 public:
  // `tape` must outlive this, and may grow.
  explicit Formulas(const Tape& tape) : tape_(tape) {}

  std::string symbols(NodeId id) const { return write(id, false); }  // b + x * W
  std::string numbers(NodeId id) const { return write(id, true); }   // 0.3 + 0.25 * 0.2

  // The named nodes and leaves that a node is made from directly; those between, itself included.
  struct Parts {
    std::vector<NodeId> operands;  // ascending
    std::vector<NodeId> between;   // descending: users before what they use
  };
  Parts parts(NodeId id) const;

 private:
  std::string write(NodeId id, bool as_numbers) const;

  const Tape& tape_;
};

// Negative numbers in brackets, for all places but the first.
std::string bracketed(double value);

// d node / d of, by the rules of the operations themselves, all other operands held still.
struct Partial {
  NodeId of;       // the named node or leaf that moves
  Scalar partial;  // recorded on the tape when it is made from numbers there
};

// For each operand of the node as Formulas writes it, ascending. Recorded on `tape`.
std::vector<Partial> partials(Tape& tape, NodeId node);

}  // namespace tapestry::tools
