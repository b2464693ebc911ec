#include "engine/base/formatter.h"

#include <fmt/format.h>

namespace tapestry::detail {

template <class Plain>
fmt::format_context::iterator PlainFormatter<Plain>::format(Plain x,
                                                            fmt::format_context& context) const {
  return fmt::formatter<Plain>::format(x, context);
}

template <class Plain>
fmt::format_context::iterator PlainFormatter<Plain>::format_numbers(
    const Plain* numbers, std::size_t count, fmt::format_context& context) const {
  for (std::size_t i = 0; i < count; ++i) {
    context.advance_to(fmt::format_to(context.out(), "{}", i == 0 ? "(" : ", "));
    context.advance_to(format(numbers[i], context));
  }
  return fmt::format_to(context.out(), ")");
}

template <class Plain>
const char* PlainFormatter<Plain>::parse_at_run_time(fmt::format_parse_context& context) {
  return fmt::formatter<Plain>::parse(context);
}

template struct PlainFormatter<fmt::string_view>;
template struct PlainFormatter<double>;
template struct PlainFormatter<float>;

}  // namespace tapestry::detail
