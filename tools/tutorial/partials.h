// Local derivatives: how fast one number of a tape changes with each of the numbers that it is made
// from directly, all others held still. They come from the rules of the operations themselves.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry::tools {

struct Partial {
  NodeId of;       // the named node or leaf that moves
  Scalar partial;  // d node / d of, recorded on the tape when it is made from numbers there
};

// For each operand of the node as Formulas writes it, ascending. Recorded on `tape`.
std::vector<Partial> partials(Tape& tape, NodeId node);

}  // namespace tapestry::tools
