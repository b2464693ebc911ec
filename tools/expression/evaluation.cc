#include "tools/expression/evaluation.h"

#include <map>
#include <numbers>

#include "engine/base/spelling.h"
#include "tools/expression/expression_error.h"

namespace tapestry::tools {
using namespace detail;
namespace {

using Kind = ExpressionNode::Kind;

// Where names are looked up.
class Scope {
 public:
  explicit Scope(const std::vector<Binding>& at) {
    for (const Binding& binding : at) values_.emplace(binding.name, binding.value);
    values_.emplace("pi", Scalar(std::numbers::pi));
    values_.emplace("e", Scalar(std::numbers::e));
  }
  const Active* find(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Active> values_;
};

std::vector<const Variable*> missing(const Expression& expression, const Scope& scope) {
  std::vector<const Variable*> variables;
  for (const Variable& variable : expression.variables)
    if (!scope.find(variable.name)) variables.push_back(&variable);
  return variables;
}

[[noreturn]] void refuse_missing(const Expression& expression,
                                 const std::vector<const Variable*>& variables) {
  std::vector<std::string_view> names;
  for (const Variable* variable : variables) {
    names.push_back(variable->name);
    if (find_function(variable->name))
      throw ExpressionError(fmt::format("the function \"{}\" lacks its arguments", variable->name),
                            expression.text, variable->offset);
  }
  throw ExpressionError(fmt::format("no value for {}; expected --at {}=...", joined(names, ", "),
                                    joined(names, "=...,")),
                        expression.text, variables.front()->offset);
}

Active execute(const Expression& expression, const ExpressionNode& node, Operands operands) {
  try {
    return node.kind == Kind::call ? node.function->apply(operands) : vector_of(operands);
  } catch (const Error& error) {
    throw ExpressionError(std::string(error.message()), expression.text, node.offset);
  }
}

}  // namespace

std::vector<std::string> unbound(const Expression& expression, const std::vector<Binding>& at) {
  std::vector<std::string> names;
  for (const Variable* variable : missing(expression, Scope(at))) names.push_back(variable->name);
  return names;
}

Active evaluate(const Expression& expression, const std::vector<Binding>& at) {
  const Scope scope(at);
  if (const auto variables = missing(expression, scope); !variables.empty())
    refuse_missing(expression, variables);

  std::vector<Active> stack;
  for (const ExpressionNode& node : expression.nodes) {
    if (node.kind == Kind::number) {
      stack.push_back(Scalar(node.number));
    } else if (node.kind == Kind::variable) {
      stack.push_back(*scope.find(expression.variables[node.variable].name));
    } else {
      const auto operands = stack.end() - static_cast<std::ptrdiff_t>(node.operands);
      const Active result = execute(expression, node, {operands, stack.end()});
      stack.erase(operands, stack.end());
      stack.push_back(result);
    }
  }
  return stack.back();
}

void check_is_number(const Active& y, const Expression& expression) {
  if (y.is_scalar() || y.tensor().rank() == 0) return;
  throw ExpressionError(
      fmt::format("a gradient is taken of one number, not of a vector of {}; sum(...) makes it "
                  "one, and eval --jacobian takes that of each",
                  y.tensor().size()),
      expression.text, expression.nodes.back().offset);
}

std::vector<Active> partials(const Active& y, const std::vector<Active>& xs, bool create_graph) {
  const bool floating = y.is_scalar() || is_floating(y.tensor().dtype());
  if (!y.is_tracked() || !floating) return std::vector<Active>(xs.size(), Scalar(0));
  return gradients(y, xs, {.create_graph = create_graph, .allow_unused = true});
}

}  // namespace tapestry::tools
