#include "tools/assignments.h"

#include <algorithm>
#include <set>

#include "tools/expression/evaluation.h"
#include "tools/option_checks.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

double value_of(const std::string& text) {
  double number = 0;
  if (reads_as(text, number)) return number;
  const Active value = evaluate(parse_expression(text), {});
  if (!value.is_scalar() && value.tensor().rank() != 0)
    throw UsageError(fmt::format("--at: {} is a vector; expected a number", text));
  return value.is_scalar() ? value.scalar().value() : value.tensor().item();
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

Assignment parse_assignment(const std::string& text) {
  const std::size_t sign = text.find('=');
  const std::string name = trimmed(text.substr(0, sign));
  if (sign == std::string::npos || !is_name(name))
    throw UsageError(fmt::format("--at: '{}' is not NAME=NUMBER; expected such as x=2,y=3", text));
  return {name, value_of(trimmed(text.substr(sign + 1)))};
}

}  // namespace

std::vector<Assignment> parse_assignments(const std::vector<std::string>& texts) {
  std::vector<Assignment> assignments;
  std::set<std::string> names;
  for (const std::string& text : texts)
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      assignments.push_back(parse_assignment(text.substr(begin, end - begin)));
      if (!names.insert(assignments.back().name).second)
        throw UsageError(fmt::format("--at: {} has two values", assignments.back().name));
      begin = end + 1;
    }
  return assignments;
}

}  // namespace tapestry::tools
