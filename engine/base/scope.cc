#include "engine/base/scope.h"

#include <exception>
#include <functional>
#include <unordered_set>
#include <utility>

#include "engine/base/site.h"

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

const std::string* intern(const std::string* outer, std::string_view name) {
  thread_local std::unordered_set<Inner, Hash, Same> known;
  auto found = known.find(Wanted{outer, name});
  if (found == known.end()) {
    std::string path = outer ? *outer + "." : "";
    found = known.insert({outer, std::string(name), path.append(name)}).first;
  }
  return &found->path;
}

}  // namespace

constinit thread_local const Site* detail::call_site = nullptr;
constinit thread_local const std::string* detail::name_scope = nullptr;

NameScope::NameScope(std::string_view name) : outer_(detail::name_scope) {
  detail::name_scope = intern(outer_, name);
}

NameScope::~NameScope() { detail::name_scope = outer_; }

namespace detail {
namespace {
constinit thread_local const ScopeOwner* scope_owner = nullptr;
}

ScopeOwner::ScopeOwner(const void* owner, std::string (*text)(const void* owner))
    : owner_(owner), text_(text), scope_(name_scope), outer_(scope_owner) {
  scope_owner = this;
}
ScopeOwner::~ScopeOwner() { scope_owner = outer_; }

std::string scope_text() {
  const std::string path(current_scope());
  const ScopeOwner* const current = std::exchange(scope_owner, nullptr);
  std::string owner;
  try {
    if (current && current->scope_ == name_scope) owner = current->text_(current->owner_);
  } catch (const std::exception&) {  // it has no text, and is not asked for one of its own error
  }
  scope_owner = current;
  if (path.empty() || owner.empty()) return path + owner;
  return path + ": " + owner;
}

}  // namespace detail

}  // namespace tapestry
