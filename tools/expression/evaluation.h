// What an expression is worth.
#pragma once

#include <string>
#include <vector>

#include "tools/expression/infix.h"

namespace tapestry::tools {

// A variable and its value: a scalar, or a tensor of rank 0 or 1, plain or recorded.
struct Binding {
  std::string name;
  detail::Active value;
};

// Names in the expression that are neither bound nor the constants pi and e, by first appearance.
std::vector<std::string> unbound(const Expression& expression, const std::vector<Binding>& at);

// A number, or a vector as a tensor of rank 1. Operations are recorded where a value is; a binding
// takes precedence over a constant. ExpressionError for unbound names, and for operands that an
// operation refuses.
detail::Active evaluate(const Expression& expression, const std::vector<Binding>& at);

// ExpressionError when its result y is a vector, which has no gradient.
void check_is_number(const detail::Active& y, const Expression& expression);

// dy/dx for each x: zero where y does not depend on it, as when y is a plain number
// or a comparison.
std::vector<detail::Active> partials(const detail::Active& y, const std::vector<detail::Active>& xs,
                                     bool create_graph);

}  // namespace tapestry::tools
