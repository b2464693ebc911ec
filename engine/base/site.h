// The place in the source where an operation was asked for. A function of tensors takes it as its
// last parameter, `Site site = {}`, which is the place of the call, and opens with
//
//   const CallSite call(site);
//
// The outermost call names the place: the steps of a composition belong to its caller.
// A function of the user's that it calls has lines of its own: see UserCode in
// engine/tape/provenance.h.
#pragma once

#include <source_location>
#include <string_view>

#include "engine/base/context.h"
#include "engine/base/formatter.h"

namespace tapestry::detail {

class Site {
 public:
  constexpr Site(std::source_location where = std::source_location::current())  // NOLINT
      : where_(where) {}
  static constexpr Site nowhere() { return std::source_location{}; }

  constexpr bool is_known() const { return where_.line() != 0; }
  std::string_view file() const { return where_.file_name(); }
  std::string_view function() const { return where_.function_name(); }
  std::uint_least32_t line() const { return where_.line(); }

 private:
  std::source_location where_;
};

// The place of the call that this thread is in; nowhere outside of calls.
inline Site current_site() { return context.call_site ? *context.call_site : Site::nowhere(); }

// While it lives, operations belong to `site`, unless a call around it has named its own.
struct CallSite : Ambient<&Context::call_site> {
  explicit CallSite(const Site& site) : Ambient(context.call_site ? context.call_site : &site) {}
};

}  // namespace tapestry::detail

// file:line
template <>
struct fmt::formatter<tapestry::detail::Site> : tapestry::detail::TextFormatter {
  auto format(const tapestry::detail::Site& site, fmt::format_context& context) const {
    return site.is_known() ? fmt::format_to(context.out(), "{}:{}", site.file(), site.line())
                           : fmt::format_to(context.out(), "a place unknown");
  }
};
