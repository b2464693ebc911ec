// Names as users gave them, made fit for files that must be valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace tapestry::detail {

// Valid UTF-8: bytes that are none, and control characters other than a newline, become U+FFFD.
std::string clean(std::string_view text);

// On one line: newlines and backslashes as in C.
std::string on_one_line(std::string_view text);

// Characters, not bytes, of UTF-8 text.
std::size_t width_of(std::string_view text);

}  // namespace tapestry::detail
