// The reverse sweep of gradient() that drops partials of scalar statements which are not finite:
// what a square root gives back at 0, say. Nothing is recorded.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/tape/tape.h"

namespace tapestry::detail {

struct FiniteSweep {
  NodeId first;
  std::vector<double> adjoints;       // by id - first
  std::vector<std::uint8_t> reached;  // whether y was computed from it
};

// From node y with the adjoint `seed` down to `first`. A partial is that of the whole statement by
// one of the scalars that it reads. Error where y was computed from a tensor on the way.
FiniteSweep finite_sweep(const Tape& tape, NodeId first, NodeId y, double seed);

}  // namespace tapestry::detail
