// What the values of options must be.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "tools/options.h"

namespace tapestry::tools {

// All of text as a number, if it is one.
template <class T>
bool reads_as(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && after == end;
}

Check whole_number(std::uint64_t least, std::uint64_t most);
Check number_from(double least);  // finite
Check fraction();                 // in [0, 1)
Check one_of(std::vector<std::string> names);
Check not_empty();
Check ends_in(const std::string& ending);  // such as ".svg", where nothing else is written

}  // namespace tapestry::tools
