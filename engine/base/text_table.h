// Lines of text in columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapestry::detail {

using Cells = std::vector<std::string>;

// A line of text for each line of cells. In the layout '<' stands for a cell at the left of its
// column, '>' for one at the right, and the rest for itself; the last column stands for all further
// ones. A column is as wide as its widest cell, but for cells at the left that end a line. One
// without text is left out, and what stands before it. No line ends with a space.
std::string in_columns(const std::vector<Cells>& lines, std::string_view layout);

// `left`, then the text, whose further lines stand below its first.
std::string hanging(const std::string& left, std::string text);

}  // namespace tapestry::detail
