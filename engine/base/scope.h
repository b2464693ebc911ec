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

// What stands in the scope that is current while this lives, for messages: they say
// "2: Linear(5, 2)" instead of "2". `text` is called only when a message is made.
class ScopeOwner {
 public:
  ScopeOwner(const void* owner, std::string (*text)(const void* owner));
  ~ScopeOwner();
  ScopeOwner(const ScopeOwner&) = delete;
  ScopeOwner& operator=(const ScopeOwner&) = delete;

 private:
  friend std::string scope_text();
  const void* owner_;
  std::string (*text_)(const void* owner);
  const std::string* scope_;
  const ScopeOwner* outer_;
};

// The current scope as messages name it: "2: Linear(5, 2)", "attention", or empty.
std::string scope_text();

}  // namespace detail

namespace detail {

// The path of the scopes that this thread is in, outermost first; empty outside of scopes.
inline std::string_view current_scope() {
  return name_scope ? std::string_view(*name_scope) : std::string_view();
}

}  // namespace detail

}  // namespace tapestry
