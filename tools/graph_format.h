// What a graph is written as: from --format, and from how the file's name ends.
#pragma once

#include <string>

namespace tapestry::tools {

enum class GraphFormat { dot, json, text, svg, png, pdf };

// `asked` is the name of a format, or empty; so may `file` be. DOT where neither tells. A file's
// ending must be known unless a format is asked for, and then must not be that of another, except
// that .txt holds any text. UsageError.
GraphFormat graph_format(const std::string& asked, const std::string& file);

std::string_view name_of(GraphFormat format);

// Drawn by Graphviz.
bool is_picture(GraphFormat format);

}  // namespace tapestry::tools
