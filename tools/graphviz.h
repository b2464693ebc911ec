// Graphviz, where the system has it.
#pragma once

#include <optional>
#include <string>

namespace tapestry::tools {

// The picture as SVG; nothing where no program `dot` is found. Error when it fails.
std::optional<std::string> svg_of(const std::string& dot);

}  // namespace tapestry::tools
