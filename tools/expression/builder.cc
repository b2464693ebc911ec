#include "tools/expression/builder.h"

#include <charconv>

#include "engine/base/spelling.h"
#include "tools/expression/expression_error.h"

namespace tapestry::tools {
using namespace detail;
namespace {

using Kind = ExpressionNode::Kind;

bool takes(const Function& function, std::size_t operands) {
  return operands == function.arity ||
         (function.folds && function.arity == 1 && operands > function.arity);
}

std::string arity_text(const Function& function, std::size_t seen) {
  if (function.folds && function.arity == 1)
    return fmt::format("{0} takes numbers or a vector, such as {0}(x, y) or {0}([x, y])",
                       function.name);
  return fmt::format("{} takes {} argument{}, not {}", function.name, function.arity,
                     function.arity == 1 ? "" : "s", seen);
}

// Of all functions.
std::vector<std::string_view> names() {
  std::vector<std::string_view> names;
  for (const Function& function : functions()) names.push_back(function.name);
  return names;
}

}  // namespace

void Builder::refuse_at(std::size_t offset, const std::string& message) const {
  throw ExpressionError(message, text_, offset);
}

void Builder::number(std::string_view digits) {
  ExpressionNode node{.kind = Kind::number, .offset = offset_of(digits)};
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), node.number);
  if (result.ec != std::errc())
    refuse_at(node.offset, "this number is beyond the range of a double");
  expression_.nodes.push_back(node);
}

void Builder::variable(std::string_view name) {
  const auto [place, fresh] = seen_.try_emplace(name, expression_.variables.size());
  if (fresh) expression_.variables.push_back({std::string(name), offset_of(name)});
  expression_.nodes.push_back(
      {.kind = Kind::variable, .offset = offset_of(name), .variable = place->second});
}

void Builder::open_operator(std::string_view symbol, std::string_view function) {
  const Function* found = find_function(function);
  open_.push_back({.kind = Kind::call,
                   .offset = offset_of(symbol),
                   .function = found,
                   .operands = found->arity});
}

void Builder::open_call(std::string_view name) {
  const Function* found = find_function(name);
  if (!found)
    refuse_at(offset_of(name),
              fmt::format("unknown function \"{}\"{}", name, detail::did_you_mean(name, names())));
  open_.push_back({.kind = Kind::call, .offset = offset_of(name), .function = found});
}

void Builder::open_vector(std::string_view bracket) {
  open_.push_back({.kind = Kind::vector, .offset = offset_of(bracket)});
}

void Builder::close() {
  const ExpressionNode node = open_.back();
  open_.pop_back();
  if (node.kind == Kind::call && !takes(*node.function, node.operands))
    refuse_at(node.offset, arity_text(*node.function, node.operands));
  expression_.nodes.push_back(node);
}

void Builder::enter(std::size_t offset) {
  if (++depth_ > kDeepestNesting)
    refuse_at(offset, fmt::format("nested deeper than {} levels", kDeepestNesting));
}

}  // namespace tapestry::tools
