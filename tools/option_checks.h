// What the values of options must be.
#pragma once

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/spelling.h"

namespace tapestry::tools {

// All of text as a number, if it is one.
template <class T>
bool reads_as(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && after == end;
}

inline CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[=](std::string& text) {
            std::uint64_t value = 0;
            return reads_as(text, value) && value >= least && value <= most
                       ? std::string()
                       : fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
          },
          ""};
}

inline CLI::Validator number_from(double least) {
  return {[=](std::string& text) {
            double value = 0;
            return reads_as(text, value) && std::isfinite(value) && value >= least
                       ? std::string()
                       : fmt::format("'{}' is not a finite number from {} on", text, least);
          },
          ""};
}

inline CLI::Validator fraction() {
  return {[](std::string& text) {
            double value = 0;
            return reads_as(text, value) && value >= 0 && value < 1
                       ? std::string()
                       : fmt::format("'{}' is not a number in [0, 1)", text);
          },
          ""};
}

inline CLI::Validator one_of(std::vector<std::string> names) {
  return {[names = std::move(names)](std::string& text) {
            return std::ranges::find(names, text) != names.end()
                       ? std::string()
                       : fmt::format("'{}' is none of {}{}", text, fmt::join(names, ", "),
                                     detail::did_you_mean(text, names));
          },
          ""};
}

inline CLI::Validator not_empty() {
  return {[](std::string& text) { return std::string(text.empty() ? "is empty" : ""); }, ""};
}

// Such as ".svg", where nothing else is written.
inline CLI::Validator ends_in(const std::string& ending) {
  return {[=](std::string& text) {
            return text.size() > ending.size() && text.ends_with(ending)
                       ? std::string()
                       : fmt::format("'{}' does not end in {}", text, ending);
          },
          ""};
}

}  // namespace tapestry::tools
