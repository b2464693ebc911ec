// Expressions as mathematicians write them: numbers, names, + - * / and ^ (or **), parentheses,
// calls, vectors in brackets, and comparisons < <= > >= == !=, which bind last and give true or
// false, in sums 1 or 0. ^ binds to the right and before a sign: -x^2 is -(x^2), 2^3^2 is 2^9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/expression/function.h"

namespace tapestry::tools {

// What stands at `offset` in the text. An operator is a call of its function on the page.
struct ExpressionNode {
  enum class Kind { number, variable, call, vector };
  Kind kind;
  std::size_t offset;
  double number = 0;
  std::size_t variable = 0;  // counts expression.variables
  const Function* function = nullptr;
  std::size_t operands = 0;  // of a call or a vector: the values just before it
};

struct Variable {
  std::string name;
  std::size_t offset;  // where it stands first
};

// Nodes are in the order of evaluation, operands before what uses them (postfix).
struct Expression {
  std::string text;
  std::vector<ExpressionNode> nodes;
  std::vector<Variable> variables;  // by first appearance
};

// A letter or _, then letters, digits and _.
bool is_name(std::string_view text);

inline constexpr int kDeepestNesting = 200;

// ExpressionError for what is no expression: a missing operand or bracket, an unknown function, a
// wrong number of arguments, a number beyond double, nesting deeper than kDeepestNesting.
Expression parse_expression(std::string_view text);

}  // namespace tapestry::tools
