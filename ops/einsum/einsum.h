// Einstein's summation convention.
#pragma once

#include <string_view>
#include <vector>

#include "ops/elementwise/operand.h"

namespace tapestry {

// The sum of products over every axis that the result does not name: einsum("ij,jk->ik", a, b).
// A letter twice in one term is a diagonal; "..." stands for the axes that no letter names, aligned
// at the right; axes of extent 1 stretch. Without "->" the result has the axes of "...", then in
// alphabetical order the letters that occur once. Different dtypes meet in the larger; boolean
// counts as i64. Executed as matrix products, in the order of fewest multiplications for up to
// 10 operands. Error that points at the subscript to blame. Differentiable.
Tensor einsum(std::string_view equation, const std::vector<Tensor>& operands,
              detail::Site site = {});

template <class... Rest>
Tensor einsum(std::string_view equation, const detail::Operand& first, const Rest&... rest) {
  return einsum(equation, std::vector<Tensor>{first.tensor(), rest...}, first.site());
}

}  // namespace tapestry
