// The partials of one statement by its operands, as numbers.
#pragma once

#include <span>

#include "engine/tape/node.h"
#include "engine/tape/tape_storage.h"

namespace tapestry::detail {

class LocalPartials {
 public:
  explicit LocalPartials(const double* values) : values_(values) {}
  // Of statement i of a run, one for each operand: what it gives back for that adjoint. The kernel
  // sweeps back over a tape of its own, on which the operands are nodes 1, 2, ... and the statement
  // comes last.
  std::span<const double> of(const Run& run, std::uint32_t i, double adjoint = 1);

 private:
  const double* values_;
  NodeId operands_[kMostOfAStatement];
  double numbers_[kMostOfAStatement + 2];
  double adjoints_[kMostOfAStatement + 2];
};

}  // namespace tapestry::detail
