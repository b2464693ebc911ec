// The one exception of the library. A message says who refused, what was seen and what was
// expected:
//   [matmul] inner extents differ: (2, 3) x (4, 5); the 3 and the 4 must be equal
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tapestry {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

[[noreturn]] void raise_error(std::string_view who, const std::string& what);

// Throws Error with the text "[who] what".
template <class... Args>
[[noreturn]] void refuse(std::string_view who, fmt::format_string<Args...> format, Args&&... args) {
  raise_error(who, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace detail

}  // namespace tapestry
