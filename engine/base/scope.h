// Names for stretches of a program, so that an operation can be told by where it stands:
//
//   const NameScope encoder("encoder");
//   const NameScope layer("0");             // operations now stand in "encoder.0"
#pragma once

#include <string>
#include <string_view>

#include "engine/base/context.h"

namespace tapestry {

namespace detail {

// The interned path of a scope of that name within the one that this thread is in.
const std::string* scope_within(std::string_view name);

}  // namespace detail

class NameScope : detail::Ambient<&detail::Context::name_scope> {
 public:
  explicit NameScope(std::string_view name) : Ambient(detail::scope_within(name)) {}
};

namespace detail {

// What stands in the scope that is current while this lives, for messages: they say
// "2: Linear(5, 2)" instead of "2". `text` is called only when a message is made.
class ScopeOwner : Ambient<&Context::scope_owner> {
 public:
  ScopeOwner(const void* owner, std::string (*text)(const void* owner))
      : Ambient(this), owner_(owner), text_(text), scope_(context.name_scope) {}

 private:
  friend std::string scope_text();
  const void* owner_;
  std::string (*text_)(const void* owner);
  const std::string* scope_;
};

// The current scope as messages name it: "2: Linear(5, 2)", "attention", or empty.
std::string scope_text();

// The path of the scopes that this thread is in, outermost first; empty outside of scopes.
inline std::string_view current_scope() {
  return context.name_scope ? std::string_view(*context.name_scope) : std::string_view();
}

}  // namespace detail

}  // namespace tapestry
