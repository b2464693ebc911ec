#include "engine/base/error.h"

#include "engine/base/scope.h"
#include "engine/base/site.h"

namespace tapestry {
namespace {

// "; called at net.cc:12 in 2: Linear(5, 2)"
std::string place(std::string_view site, std::string_view scope) {
  std::string text;
  if (!site.empty()) text.append("; called at ").append(site);
  if (!scope.empty()) text.append(site.empty() ? "; in " : " in ").append(scope);
  return text;
}

}  // namespace

Error::Error(const std::string& message, std::string_view site, std::string_view scope)
    : std::runtime_error(message + place(site, scope)),
      message_size_(message.size()),
      scope_begin_(std::string_view(what()).size() - scope.size()) {}

namespace detail {

Error error_here(std::string_view who, const std::string& what) {
  const Site site = current_site();
  return Error(fmt::format("[{}] {}", who, what),
               site.is_known() ? fmt::format("{}", site) : std::string(), scope_text());
}

void raise_error(std::string_view who, const std::string& what) { throw error_here(who, what); }

}  // namespace detail

}  // namespace tapestry
