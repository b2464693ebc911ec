#include "engine/base/utf8.h"

#include <algorithm>

namespace tapestry::detail {

namespace {

// The length of the character at the start of `text`, or 0 where no valid one stands.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return (lead >= 0x20 && lead != 0x7F) || lead == '\n' ? 1 : 0;
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  unsigned point = lead & (0xFFu >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(k) & 0x3Fu);
  }
  // Neither overlong, nor half a surrogate pair, nor one of the two that XML forbids, nor past the
  // end of Unicode.
  if (length == 2) return point < 0xA0 ? 0 : 2;
  if (length == 3)
    return point < 0x800 || (point >= 0xD800 && point < 0xE000) || point > 0xFFFD ? 0 : 3;
  return point < 0x10000 || point > 0x10FFFF ? 0 : 4;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length)
      result += text.substr(0, length);
    else
      result += "\xEF\xBF\xBD";
    text.remove_prefix(length ? length : 1);
  }
  return result;
}

std::string on_one_line(std::string_view text) {
  std::string result;
  for (char c : clean(text)) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\\')
      result += "\\\\";
    else
      result += c;
  }
  return result;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace tapestry::detail
