// What fmt's formatters of the project's types derive from: the specification is parsed as that of
// a plain text or number, and formatted by a function that is compiled once. fmt/format.h, where
// the algorithms stand, is not read by those who include a public header.
#pragma once

#include "engine/base/language.h"
//
#include <fmt/core.h>

#include <cstddef>
#include <type_traits>

namespace tapestry::detail {

// Plain is fmt::string_view, double or float.
template <class Plain>
struct PlainFormatter : fmt::formatter<Plain> {
  template <class Context>
  constexpr auto parse(Context& from) -> decltype(from.begin()) {
    if constexpr (std::is_same_v<Context, fmt::format_parse_context>)
      if (!std::is_constant_evaluated()) return parse_at_run_time(from);
    return fmt::formatter<Plain>::parse(from);
  }
  fmt::format_context::iterator format(Plain x, fmt::format_context& to) const;
  // (1, 2, 3)
  fmt::format_context::iterator format_numbers(const Plain* numbers, std::size_t count,
                                               fmt::format_context& to) const;

 private:
  const char* parse_at_run_time(fmt::format_parse_context& from);
};
using TextFormatter = PlainFormatter<fmt::string_view>;

extern template struct PlainFormatter<fmt::string_view>;
extern template struct PlainFormatter<double>;
extern template struct PlainFormatter<float>;

// The formatter of a number type: that of fmt, or one from above.
template <class T>
struct NumberFormatter : fmt::formatter<T> {};
template <>
struct NumberFormatter<double> : PlainFormatter<double> {};
template <>
struct NumberFormatter<float> : PlainFormatter<float> {};

}  // namespace tapestry::detail
