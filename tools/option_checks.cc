#include "tools/option_checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/spelling.h"

namespace tapestry::tools {
using namespace detail;

Check whole_number(std::uint64_t least, std::uint64_t most) {
  return [=](const std::string& text) {
    std::uint64_t value = 0;
    return reads_as(text, value) && value >= least && value <= most
               ? std::string()
               : fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
  };
}

Check number_from(double least) {
  return [=](const std::string& text) {
    double value = 0;
    return reads_as(text, value) && std::isfinite(value) && value >= least
               ? std::string()
               : fmt::format("'{}' is not a finite number from {} on", text, least);
  };
}

Check fraction() {
  return [](const std::string& text) {
    double value = 0;
    return reads_as(text, value) && value >= 0 && value < 1
               ? std::string()
               : fmt::format("'{}' is not a number in [0, 1)", text);
  };
}

Check one_of(std::vector<std::string> names) {
  return [names = std::move(names)](const std::string& text) {
    return std::ranges::find(names, text) != names.end()
               ? std::string()
               : fmt::format("'{}' is none of {}{}", text, joined(names, ", "),
                             did_you_mean(text, names));
  };
}

Check not_empty() {
  return [](const std::string& text) { return std::string(text.empty() ? "is empty" : ""); };
}

Check ends_in(const std::string& ending) {
  return [=](const std::string& text) {
    return text.size() > ending.size() && text.ends_with(ending)
               ? std::string()
               : fmt::format("'{}' does not end in {}", text, ending);
  };
}

}  // namespace tapestry::tools
