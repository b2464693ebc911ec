// A recording as JSON. On an Error nothing has been written.
// One node a line:
//   {"nodes": [{"id", "name", "op", "attributes", "shape", "dtype", "operands", "value",
//   "gradient", "adjoint_of"}...],
//    "edges": [{"from", "to", "slot"}...], "output": id of y, or null for a whole tape}
// An edge leads from operand to user. "value", "gradient" (nested lists) and "adjoint_of" (a list
// of ids) are there when asked for and known. Numbers are exact: they read back as the same bits;
// those that JSON lacks are the strings "nan", "inf", "-inf".
#pragma once

#include <iosfwd>

#include "engine/inspect/write_options.h"
#include "engine/tape/tape.h"

namespace tapestry {

// What y was computed from.
void write_json(std::ostream& out, const detail::Active& y, const WriteOptions& options = {});
// Everything on the tape. There is no y, so gradients are refused.
void write_json(std::ostream& out, const Tape& tape, const WriteOptions& options = {});

}  // namespace tapestry
