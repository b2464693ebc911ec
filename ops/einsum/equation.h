// The equation of einsum, read against its operands: "ij,jk->ik".
#pragma once

#include <string_view>
#include <vector>

#include "ops/product/contraction.h"

namespace tapestry::detail {

struct Equation {
  std::vector<std::vector<int>> operands;  // a label for each axis; one may stand there twice
  std::vector<int> result;
  LabelExtents extents{};  // of each label: the longest of its axes, the others having extent 1
};

// Letters name axes, "..." those that are left, aligned at the right; spaces mean nothing. Without
// "->" the result has the axes of "...", then in alphabetical order the letters that occur once.
// Error that points at the subscript to blame.
Equation read_equation(std::string_view text, const std::vector<Tensor>& operands);

}  // namespace tapestry::detail
