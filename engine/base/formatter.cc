#include "engine/base/formatter.h"

#include <fmt/format.h>

namespace tapestry::detail {

template <class Plain>
fmt::format_context::iterator PlainFormatter<Plain>::format(Plain x,
                                                            fmt::format_context& to) const {
  return fmt::formatter<Plain>::format(x, to);
}

template <class Plain>
fmt::format_context::iterator PlainFormatter<Plain>::format_numbers(const Plain* numbers,
                                                                    std::size_t count,
                                                                    fmt::format_context& to) const {
  for (std::size_t i = 0; i < count; ++i) {
    to.advance_to(fmt::format_to(to.out(), "{}", i == 0 ? "(" : ", "));
    to.advance_to(format(numbers[i], to));
  }
  return fmt::format_to(to.out(), ")");
}

template <class Plain>
const char* PlainFormatter<Plain>::parse_at_run_time(fmt::format_parse_context& from) {
  return fmt::formatter<Plain>::parse(from);
}

template struct PlainFormatter<fmt::string_view>;
template struct PlainFormatter<double>;
template struct PlainFormatter<float>;

}  // namespace tapestry::detail
