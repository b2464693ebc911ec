// The functions that an expression may call: those of the page ops/page/elementwise.def by their
// names, comparisons, where, and folds of vectors. Numbers and vectors are scalars or tensors,
// plain or recorded.
#pragma once

#include <span>
#include <string_view>

#include "engine/grad/gradient.h"

namespace tapestry::tools {

using Operands = std::span<const detail::Active>;

struct Function {
  std::string_view name;
  std::size_t arity;
  bool folds;  // a vector becomes a number; so do several numbers, if its arity is 1
  detail::Active (*apply)(Operands operands);
};

std::span<const Function> functions();
const Function* find_function(std::string_view name);  // null when there is none

// A scalar as a tensor of rank 0 and dtype f64; a tensor as it is.
Tensor tensor_of(const detail::Active& x);

// A vector of numbers. Error when an element is itself a vector.
detail::Active vector_of(Operands elements);

}  // namespace tapestry::tools
