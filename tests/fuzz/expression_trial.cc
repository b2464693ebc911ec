#include "tests/fuzz/expression_trial.h"

#include <algorithm>

#include "ops/ops.h"
#include "tools/expression/evaluation.h"
#include "tools/expression/expression_error.h"

namespace tapestry::test {
using namespace detail;
namespace {

using tools::Binding;
using tools::Expression;
using tools::ExpressionError;
using tools::partials;

constexpr double kAt[] = {0.5, -2, 3};

void require(bool holds, const char* what) {
  if (!holds) throw Violation(what);
}

bool printable(std::string_view line) {
  return std::ranges::none_of(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

// Two lines, the second a caret that is not beyond the end of the first.
void check_error(const ExpressionError& error) {
  require(printable(error.what()), "the message is not one line");
  const std::string& picture = error.picture();
  const std::size_t first = picture.find('\n'), second = picture.find('\n', first + 1);
  require(second + 1 == picture.size(), "the picture has not two lines");
  require(printable(std::string_view(picture).substr(0, first)), "the text is not printable");
  const std::string caret = picture.substr(first + 1, second - first - 1);
  require(caret.find_first_not_of(' ') + 1 == caret.size() && caret.back() == '^', "no caret");
  require(caret.size() >= 3 && caret.size() <= first + 1, "the caret is beside the text");
}

void check_nodes(const Expression& expression) {
  std::size_t values = 0;
  for (const auto& node : expression.nodes) {
    require(node.offset < expression.text.size(), "a node lies outside of the text");
    require(node.operands <= values, "an operand is missing");
    values += 1 - node.operands;
  }
  require(values == 1, "there is not one result");
}

// The message of the refusal; empty when there was none.
template <class Leaf>
std::string differentiate(const Expression& expression, Leaf leaf) {
  Tape tape;
  std::vector<Binding> bindings;
  std::vector<Active> xs;
  for (std::size_t i = 0; i < std::size(kAt); ++i) {
    xs.push_back(leaf(tape, kAt[i]));
    bindings.push_back({std::string(1, "xyz"[i]), xs.back()});
  }
  try {
    const Active y = evaluate(expression, bindings);
    check_is_number(y, expression);
    for (const Active& slope : partials(y, xs, true)) partials(slope, xs, false);
    return "";
  } catch (const ExpressionError& error) {
    check_error(error);
    return error.what();
  }
}

}  // namespace

void try_expression(std::string_view text) {
  Expression expression;
  try {
    expression = tools::parse_expression(text);
  } catch (const ExpressionError& error) {
    return check_error(error);
  }
  check_nodes(expression);
  const std::string scalars =
      differentiate(expression, [](Tape& tape, double x) -> Active { return tape.variable(x); });
  const std::string tensors = differentiate(expression, [](Tape& tape, double x) -> Active {
    return tape.variable(full({}, x, DType::f64));
  });
  require(scalars == tensors, "scalars and tensors are refused differently");
}

}  // namespace tapestry::test
