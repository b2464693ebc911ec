// Graphviz, where the system has it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tapestry::tools {

// The picture as svg, png or pdf; nothing where no program `dot` is found. Error when it fails, and
// when it has not ended within the time: it is stopped then.
std::optional<std::string> picture_of(const std::string& dot, std::string_view format,
                                      std::chrono::seconds limit);

}  // namespace tapestry::tools
