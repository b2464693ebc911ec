#include "engine/base/scope.h"

#include <exception>
#include <functional>
#include <unordered_set>

namespace tapestry {
using namespace detail;
namespace {

// A name within the scope around it. Paths live as long as their thread: nodes point to them. There
// are as many as a program has layers.
struct Inner {
  const std::string* outer;
  std::string name, path;
};
struct Wanted {
  const std::string* outer;
  std::string_view name;
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(const auto& scope) const {
    return std::hash<std::string_view>()(scope.name) ^ 31 * std::hash<const void*>()(scope.outer);
  }
};
struct Same {
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const {
    return a.outer == b.outer && a.name == b.name;
  }
};

}  // namespace

const std::string* detail::scope_within(std::string_view name) {
  thread_local std::unordered_set<Inner, Hash, Same> known;
  const std::string* const outer = context.name_scope;
  auto found = known.find(Wanted{outer, name});
  if (found == known.end()) {
    std::string path = outer ? *outer + "." : "";
    found = known.insert({outer, std::string(name), path.append(name)}).first;
  }
  return &found->path;
}

std::string detail::scope_text() {
  const std::string path(current_scope());
  const ScopeOwner* const current = context.scope_owner;
  const Ambient<&Context::scope_owner> none(nullptr);
  std::string owner;
  try {
    if (current && current->scope_ == context.name_scope) owner = current->text_(current->owner_);
  } catch (const std::exception&) {  // it has no text, and is not asked for one of its own error
  }
  if (path.empty() || owner.empty()) return path + owner;
  return path + ": " + owner;
}

}  // namespace tapestry
