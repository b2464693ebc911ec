#include "tools/assignments.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "tools/expression/evaluation.h"
#include "tools/expression/expression_error.h"
#include "tools/option_checks.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

// A part of the text of an option.
struct Part {
  std::string_view text;
  std::size_t offset;  // in the whole
};

Part trimmed(Part part) {
  const std::size_t first = part.text.find_first_not_of(' ');
  if (first == part.text.npos) return {{}, part.offset};
  return {part.text.substr(first, part.text.find_last_not_of(' ') - first + 1),
          part.offset + first};
}

double number_of(const Active& value, const std::string& text) {
  if (value.is_scalar()) return value.scalar().value();
  if (value.tensor().rank() != 0)
    throw UsageError(fmt::format("--at: {} is a vector; expected a number", text));
  return value.tensor().item();
}

// Mistakes are shown in the whole text, as it was typed.
double value_of(const std::string& name, const Part& part, std::string_view whole) {
  const std::string text(part.text);
  double number = 0;
  if (reads_as(text, number)) return number;
  const auto refuse_at = [&](const std::string& message, std::size_t offset) {
    throw ExpressionError("--at: " + message, whole, part.offset + offset);
  };
  try {
    const Expression expression = parse_expression(text);
    for (const std::string& unknown : unbound(expression, {})) {
      const auto variable = std::ranges::find(expression.variables, unknown, &Variable::name);
      refuse_at(fmt::format("the value of {} names {}; expected numbers", name, unknown),
                variable->offset);
    }
    return number_of(evaluate(expression, {}), text);
  } catch (const ExpressionError& error) {
    const std::string_view message = error.what();
    if (message.starts_with("--at: ")) throw;
    refuse_at(error.what(), error.offset());
  }
  return number;
}

Assignment parse_assignment(const Part& part, std::string_view whole) {
  const std::size_t sign = part.text.find('=');
  const std::string name(trimmed({part.text.substr(0, sign), part.offset}).text);
  if (sign == part.text.npos || !is_name(name))
    throw UsageError(
        fmt::format("--at: '{}' is not NAME=NUMBER; expected such as x=2,y=3", part.text));
  return {name,
          value_of(name, trimmed({part.text.substr(sign + 1), part.offset + sign + 1}), whole)};
}

// The end of an assignment: a comma that stands in no brackets.
std::size_t end_of(std::string_view text, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == ']') --depth;
    if (text[i] == ',' && depth <= 0) return i;
  }
  return text.size();
}

}  // namespace

std::vector<Assignment> parse_assignments(const std::vector<std::string>& texts) {
  std::vector<Assignment> assignments;
  std::set<std::string> names;
  for (const std::string_view text : texts)
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = end_of(text, begin);
      assignments.push_back(parse_assignment({text.substr(begin, end - begin), begin}, text));
      if (!names.insert(assignments.back().name).second)
        throw UsageError(fmt::format("--at: {} has two values", assignments.back().name));
      begin = end + 1;
    }
  return assignments;
}

}  // namespace tapestry::tools
