// The rules that every tape keeps, as code. For tests, and after passes that rewrite a recording.
#pragma once

#include <span>

#include "engine/tape/tape.h"

namespace tapestry {

// Throws an Error that names the first broken rule and its node:
//   spans follow one another from node 1 to the last without gap or overlap, none empty;
//   operands are nodes of the tape, recorded before their user;
//   the number of operands is that of the op's record;
//   an op's operands are all tensors or all scalars, and so are those of a statement's kernel;
//   output types have a known dtype and extents that are not negative; variables are floating;
//   exactly what saves() asks of differentiable ops is saved, with the types that the tape has for
//   it; kept values have the recorded types, and a tape that keeps values has them all.
void verify(const Tape& tape);

namespace detail {

// The same rules for parts of a tape: all its spans, one node, one run of statements.
void verify_spans(std::span<const Run> spans, NodeId size);
void verify_node(const Tape& tape, const TensorNode& node);
void verify_run(const Tape& tape, const Run& run);

}  // namespace detail

}  // namespace tapestry
