#include "tools/expression/expression_error.h"

#include <algorithm>

#include "engine/base/utf8.h"

namespace tapestry::tools {
namespace {

constexpr std::size_t kBefore = 50, kAfter = 40;  // characters shown on either side

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Printable UTF-8; blanks of any kind become spaces.
std::string printable(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c >= '\t' && c <= '\r'; }, ' ');
  return detail::clean(line);
}

std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  while (end < text.size() && (continues_character(text[end]) || count-- > 0)) ++end;
  return std::string(text.substr(0, end));
}

std::string last_characters(std::string_view text, std::size_t count) {
  std::size_t begin = text.size();
  while (begin > 0 && count > 0)
    if (!continues_character(text[--begin])) --count;
  return std::string(text.substr(begin));
}

std::string picture_of(std::string_view expression, std::size_t offset) {
  std::string before = printable(expression.substr(0, offset));
  std::string after = printable(expression.substr(offset));
  if (detail::width_of(before) > kBefore) before = "..." + last_characters(before, kBefore);
  if (detail::width_of(after) > kAfter) after = first_characters(after, kAfter) + "...";
  return "  " + before + after + "\n  " + std::string(detail::width_of(before), ' ') + "^\n";
}

}  // namespace

ExpressionError::ExpressionError(const std::string& message, std::string_view expression,
                                 std::size_t offset)
    : UsageError(message), offset_(offset), picture_(picture_of(expression, offset)) {}

std::string character_at(std::string_view expression, std::size_t offset) {
  if (offset >= expression.size()) return "the end";
  return '"' + first_characters(printable(expression.substr(offset, 4)), 1) + '"';
}

}  // namespace tapestry::tools
