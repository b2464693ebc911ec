// A mistake in an expression, and where it is.
#pragma once

#include <string>
#include <string_view>

#include "tools/usage.h"

namespace tapestry::tools {

class ExpressionError : public UsageError {
 public:
  // `offset` counts bytes; the expression's length stands for its end.
  ExpressionError(const std::string& message, std::string_view expression, std::size_t offset);

  // The expression on a line, whatever bytes it holds, and on the next a caret below the offending
  // character. Both are indented by two spaces; of a long expression only what is near is shown.
  const std::string& picture() const { return picture_; }
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
  std::string picture_;
};

// The character at an offset in quotes, or "the end".
std::string character_at(std::string_view expression, std::size_t offset);

}  // namespace tapestry::tools
