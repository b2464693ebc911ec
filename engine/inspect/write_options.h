// What the forms of a recording have in common: pictures, JSON and text hold the same nodes and
// edges.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/grad/gradient.h"

namespace tapestry {

class Profile;

struct WriteOptions {
  // Each node's numbers where they are known: of scalars, variables and y always, of other tensors
  // on a tape made with TapeOptions{.keep_values = true}.
  bool values = false;
  // dy/dn for each floating node n, from one reverse sweep. y must be one number.
  bool gradients = false;
  // Recorded adjoints of nodes, as adjoints(y, {.create_graph = true}) or gradient() give them.
  // They and what they were computed from are drawn too, linked to the nodes whose adjoints they
  // are. One that is a plain number has no node on the tape: it gets an id past the tape's.
  std::vector<Adjoint> adjoints{};

  // Of pictures and text; JSON is always whole.
  std::string_view rankdir = "TB";  // where the picture grows: TB, BT, LR, RL
  // Operations of a picture are coloured by the time that it measured, and tell it.
  const Profile* profile = nullptr;
  int digits = 6;              // significant
  std::int64_t elements = 16;  // longer tensors are abbreviated
};

}  // namespace tapestry
