#include "nn/data/csv_scanner.h"

#include <algorithm>

namespace tapestry::nn {
using namespace detail;

CsvScanner::CsvScanner(std::string_view text, char delimiter, const ByteReader& source)
    : rest_(text), delimiter_(delimiter), source_(source) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // the mark of UTF-8
}

bool CsvScanner::next(std::vector<std::string_view>& fields) {
  for (skip_blanks(); rest_.starts_with('\n'); skip_blanks()) {
    rest_.remove_prefix(1);
    ++next_line_;
  }
  line_ = next_line_;
  fields.clear();
  if (rest_.empty()) return false;
  while (true) {
    skip_blanks();
    fields.push_back(rest_.starts_with('"') ? quoted(fields.size() + 1) : plain());
    if (rest_.empty()) return true;
    const char ended_by = rest_[0];
    rest_.remove_prefix(1);
    if (ended_by == delimiter_) continue;
    ++next_line_;
    return true;
  }
}

std::string_view CsvScanner::quoted(std::size_t column) {
  std::size_t end = 1;
  while (true) {
    end = rest_.find('"', end);
    if (end == rest_.npos) {
      source_.refuse("line {}, column {}: a quote is opened and never closed; expected another",
                     line_, column);
    }
    if (!rest_.substr(end + 1).starts_with('"')) break;
    end += 2;
  }
  const std::string_view field = rest_.substr(1, end - 1);
  next_line_ += std::count(field.begin(), field.end(), '\n');
  rest_.remove_prefix(end + 1);
  skip_blanks();
  if (!at_field_end()) {
    source_.refuse("line {}, column {}: a quote is closed before its field ends; expected '{}'",
                   line_, column, delimiter_);
  }
  return field;
}

std::string_view CsvScanner::plain() {
  const char stops[] = {delimiter_, '\n'};
  const std::size_t end = std::min(rest_.find_first_of({stops, 2}), rest_.size());
  std::string_view field = rest_.substr(0, end);
  rest_.remove_prefix(end);
  while (field.ends_with(' ') || field.ends_with('\t') || field.ends_with('\r'))
    field.remove_suffix(1);
  return field;
}

void CsvScanner::skip_blanks() {
  while (!at_field_end() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r'))
    rest_.remove_prefix(1);
}

}  // namespace tapestry::nn
