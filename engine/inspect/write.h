// A recording for people and programs: what y was computed from, or a whole tape, as a picture for
// Graphviz, as JSON, as lines of text. The three hold the same nodes and edges. On an Error nothing
// has been written.
//
// JSON, one node a line:
//   {"nodes": [{"id", "name", "op", "attributes", "shape", "dtype", "operands", "value",
//   "gradient", "adjoint_of"}...],
//    "edges": [{"from", "to", "slot"}...], "output": id of y, or null for a whole tape}
// An edge leads from operand to user. "value", "gradient" (nested lists) and "adjoint_of" (a list
// of ids) are there when asked for and known. Numbers are exact: they read back as the same bits;
// those that JSON lacks are the strings "nan", "inf", "-inf".
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include "engine/grad/gradient.h"
#include "engine/tape/tape.h"

namespace tapestry {

struct WriteOptions {
  // Each node's numbers where they are known: of scalars, variables and y always, of other tensors
  // on a tape made with TapeOptions{.keep_values = true}.
  bool values = false;
  // dy/dn for each floating node n, from one reverse walk. y must be one number.
  bool gradients = false;
  // Recorded adjoints of nodes, as adjoints(y, {.create_graph = true}) or gradient() give them.
  // They and what they were computed from are drawn too, linked to the nodes whose adjoints they
  // are. One that is a plain number has no node on the tape: it gets an id past the tape's.
  std::vector<Adjoint> adjoints{};

  // Of pictures and text; JSON is always whole.
  std::string_view rankdir = "TB";  // where the picture grows: TB, BT, LR, RL
  int digits = 6;                   // significant
  std::int64_t elements = 16;       // longer tensors are abbreviated
};

void write_dot(std::ostream& out, const detail::Active& y, const WriteOptions& options = {});
void write_json(std::ostream& out, const detail::Active& y, const WriteOptions& options = {});
// One line a node: id, name, operation with the ids of its operands, dtype and shape, numbers.
void write_text(std::ostream& out, const detail::Active& y, const WriteOptions& options = {});

// Everything on the tape. There is no y, so gradients are refused.
void write_dot(std::ostream& out, const Tape& tape, const WriteOptions& options = {});
void write_json(std::ostream& out, const Tape& tape, const WriteOptions& options = {});
void write_text(std::ostream& out, const Tape& tape, const WriteOptions& options = {});

}  // namespace tapestry
