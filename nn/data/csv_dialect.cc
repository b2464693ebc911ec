#include "nn/data/csv_dialect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string>
#include <vector>

namespace tapestry::nn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The next line that holds fields, taken from the front of `text`; empty at the end.
std::string_view take_line(std::string_view& text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line[0] != '#') return line;
  }
  return {};
}

std::vector<std::string_view> fields_of(std::string_view line, char delimiter) {
  std::vector<std::string_view> fields;
  bool inside = false;
  std::size_t first = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') inside = !inside;
    const bool ends =
        i == line.size() || line[i] == delimiter || (delimiter == ' ' && line[i] == '\t');
    if (!ends || (inside && i < line.size())) continue;
    std::string_view field = trimmed(line.substr(first, i - first));
    first = i + 1;
    if (delimiter == ' ' && field.empty()) continue;
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
      field = field.substr(1, field.size() - 2);
    fields.push_back(field);
  }
  return fields;
}

// Without regard to case.
template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& marks, std::string_view field) {
  return std::ranges::any_of(marks, [&](std::string_view mark) {
    return std::ranges::equal(mark, field, {}, {}, [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  });
}

std::ptrdiff_t numbers_among(const std::vector<std::string_view>& fields, char delimiter) {
  return std::ranges::count_if(fields, [&](std::string_view field) {
    return csv_number(field) || (delimiter != ',' && has_decimal_comma(field));
  });
}

}  // namespace

bool may_delimit(char c) {
  constexpr std::string_view kOther = "\"'.+-#";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == '\t' ||
         (c >= ' ' && c < 127 && !letter && !is_digit(c) && kOther.find(c) == kOther.npos);
}

char likely_delimiter(std::string_view text) {
  const std::string_view first = take_line(text), second = take_line(text);
  char likely = ',';
  bool likely_agrees = false;
  std::ptrdiff_t likely_numbers = -1;
  for (const char delimiter : {';', '\t', '|', ',', ' '}) {
    const auto above = fields_of(first, delimiter), below = fields_of(second, delimiter);
    if (above.size() < 2) continue;
    const bool agrees = second.empty() || above.size() == below.size();
    const std::ptrdiff_t numbers = numbers_among(second.empty() ? above : below, delimiter);
    if (delimiter == ' ' && (!agrees || numbers == 0)) continue;
    if (agrees < likely_agrees || (agrees == likely_agrees && numbers <= likely_numbers)) continue;
    likely = delimiter;
    likely_agrees = agrees;
    likely_numbers = numbers;
  }
  return likely;
}

std::optional<double> csv_number(std::string_view field) {
  if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (end != field.data() + field.size() || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    value = std::strtod(std::string(field).c_str(), nullptr);
  return value;
}

bool is_missing_label(std::string_view field) {
  return is_one_of<5>({"", "?", "na", "n/a", "nan"}, field);
}

bool is_missing(std::string_view field) {
  return is_missing_label(field) || is_one_of<2>({"null", "none"}, field);
}

bool has_decimal_comma(std::string_view field) {
  const std::size_t comma = field.find(',');
  if (comma == field.npos || comma == 0 || comma + 1 == field.size()) return false;
  if (!is_digit(field[comma - 1]) || !is_digit(field[comma + 1])) return false;
  std::string pointed(field);
  pointed[comma] = '.';
  return csv_number(pointed).has_value();
}

}  // namespace tapestry::nn
