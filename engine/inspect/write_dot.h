// A recording as a picture for Graphviz. On an Error nothing has been written.
#pragma once

#include <iosfwd>

#include "engine/inspect/write_options.h"
#include "engine/tape/tape.h"

namespace tapestry {

// What y was computed from.
void write_dot(std::ostream& out, const detail::Active& y, const WriteOptions& options = {});
// Everything on the tape. There is no y, so gradients are refused.
void write_dot(std::ostream& out, const Tape& tape, const WriteOptions& options = {});

}  // namespace tapestry
