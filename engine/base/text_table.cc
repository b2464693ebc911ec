#include "engine/base/text_table.h"

#include <algorithm>

#include "engine/base/utf8.h"

namespace tapestry::detail {
namespace {

struct Column {
  std::string_view before;
  bool at_right, has_text = false;
  std::size_t width = 0;
};

std::vector<Column> columns_of(const std::vector<Cells>& lines, std::string_view layout) {
  std::vector<Column> columns;
  for (const Cells& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i == columns.size()) {
        const std::size_t at = layout.find_first_of("<>");
        if (at == std::string_view::npos) {
          columns.push_back({columns.back().before, columns.back().at_right});
        } else {
          columns.push_back({layout.substr(0, at), layout[at] == '>'});
          layout.remove_prefix(at + 1);
        }
      }
      Column& column = columns[i];
      column.has_text |= !line[i].empty();
      if (column.at_right || i + 1 < line.size())
        column.width = std::max(column.width, width_of(line[i]));
    }
  return columns;
}

}  // namespace

std::string in_columns(const std::vector<Cells>& lines, std::string_view layout) {
  const std::vector<Column> columns = columns_of(lines, layout);
  std::string text;
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto [before, at_right, has_text, width] = columns[i];
      if (!has_text) continue;
      const std::size_t own = width_of(line[i]);
      const std::string room(width - std::min(width, own), ' ');
      text.append(before).append(at_right ? room + line[i] : line[i] + room);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string hanging(const std::string& left, std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += left.size() + 1)
    text.insert(at + 1, left.size(), ' ');
  return left + text;
}

}  // namespace tapestry::detail
