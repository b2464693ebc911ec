// Names for stretches of a program, so that an operation can be told by where it stands:
//
//   const NameScope encoder("encoder");
//   const NameScope layer("0");             // operations now stand in "encoder.0"
#pragma once

#include <string>
#include <string_view>

namespace tapestry {

class NameScope {
 public:
  explicit NameScope(std::string_view name);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  const std::string* outer_;
};

namespace detail {
extern constinit thread_local const std::string* name_scope;  // interned; null outside of scopes
}

namespace detail {

// The path of the scopes that this thread is in, outermost first; empty outside of scopes.
inline std::string_view current_scope() {
  return name_scope ? std::string_view(*name_scope) : std::string_view();
}

}  // namespace detail

}  // namespace tapestry
