// The one exception of the library. A message says who refused, what was seen and what was
// expected, then where: the line of the user's call, and the module or scope, as far as they are
// known.
//   [matmul] inner extents differ: (2, 3) x (4, 5); the 3 and the 4 must be equal; called at
//   net.cc:12 in 2: Linear(5, 2)
#pragma once

#include "engine/base/language.h"
//
#include <fmt/core.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tapestry {

class Error : public std::runtime_error {
 public:
  // `site` is a place in a source, `scope` a module or a name scope; empty where unknown.
  explicit Error(const std::string& message, std::string_view site = {},
                 std::string_view scope = {});

  // what() without the place: "[matmul] inner extents differ: ..."
  std::string_view message() const { return std::string_view(what()).substr(0, message_size_); }
  std::string_view scope() const { return std::string_view(what()).substr(scope_begin_); }

 private:
  std::size_t message_size_, scope_begin_;
};

namespace detail {

// The Error "[who] what", with the place that this thread is in.
Error error_here(std::string_view who, const std::string& what);

[[noreturn]] void raise_error(std::string_view who, const std::string& what);

// Throws Error with the text "[who] what" and the place.
template <class... Args>
[[noreturn]] void refuse(std::string_view who, fmt::format_string<Args...> format, Args&&... args) {
  raise_error(who, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace detail

}  // namespace tapestry
