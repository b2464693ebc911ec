// The records of leaves: nodes without operands.
#pragma once

#include "engine/tape/node.h"

namespace tapestry::detail {

struct Variable {
  static constexpr std::string_view name = "variable";
  static constexpr int arity = 0;
  static constexpr bool not_differentiable = true;  // nothing flows further
  static Tensor forward(Inputs) { refuse("variable", "a leaf is not computed"); }
};

struct Constant {
  static constexpr std::string_view name = "constant";
  static constexpr int arity = 0;
  static constexpr bool not_differentiable = true;
  static Tensor forward(Inputs) { refuse("constant", "a leaf is not computed"); }
};

template <class T>
inline constexpr KernelOf<T> kVariableStatement{{"variable", 0, 0}};
template <class T>
inline constexpr KernelOf<T> kConstantStatement{{"constant", 0, 0}};

}  // namespace tapestry::detail
