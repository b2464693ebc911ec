#include "nn/data/csv_scanner.h"

#include <algorithm>

#include "nn/data/csv_dialect.h"

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr int kEnd = -1;
constexpr std::size_t kMostFields = std::size_t{1} << 20;
constexpr std::size_t kBlock = std::size_t{1} << 18, kLongestRecord = std::size_t{1} << 24;
constexpr std::int64_t kMostEmptyLines = std::int64_t{1} << 20;
constexpr std::size_t kLongestComment = std::size_t{1} << 16;

}  // namespace

CsvScanner::CsvScanner(ByteReader& source, char delimiter)
    : source_(source), delimiter_(delimiter) {
  begin_text();
}

void CsvScanner::begin_text() {
  load();
  const std::string_view text(text_);
  if (text.starts_with("\xEF\xBB\xBF")) begin_ = 3;  // the mark of UTF-8
  if (delimiter_ == 0) delimiter_ = likely_delimiter(text.substr(begin_));
}

// Drops what was read before the record, and reads on: false at the end.
bool CsvScanner::load() {
  if (all_loaded_) return false;
  text_.erase(0, begin_);
  begin_ = 0;
  if (text_.size() > kLongestRecord) {
    source_.refuse("line {} goes on for more than {} bytes; expected a line of numbers", line_,
                   kLongestRecord);
  }
  const std::size_t held = text_.size();
  text_.resize(held + kBlock);
  const std::size_t count =
      source_.read({reinterpret_cast<unsigned char*>(text_.data()) + held, kBlock});
  text_.resize(held + count);
  if (line_ == 1 && (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")))
    source_.refuse("is text in UTF-16; expected UTF-8 or ASCII");
  if (const std::size_t zero = text_.find('\0', held); zero != text_.npos) {
    const auto from = text_.begin() + static_cast<std::ptrdiff_t>(here_);
    const auto to = text_.begin() + static_cast<std::ptrdiff_t>(zero);
    source_.refuse("line {} holds a byte of value 0; expected text",
                   next_line_ + std::count(from, to, '\n'));
  }
  all_loaded_ = count < kBlock;
  return count > 0;
}

int CsvScanner::at(std::size_t i) {
  while (begin_ + i >= text_.size())
    if (!load()) return kEnd;
  return static_cast<unsigned char>(text_[begin_ + i]);
}

// CR LF, LF or CR.
void CsvScanner::end_line() {
  if (at(here_) == kEnd) return;
  here_ += at(here_) == '\r' && at(here_ + 1) == '\n' ? 2 : 1;
  ++next_line_;
}

bool CsvScanner::at_blank() {
  const int c = at(here_);
  return (c == ' ' || c == '\t') && (delimiter_ == ' ' || c != delimiter_);
}

bool CsvScanner::at_field_end() {
  const int c = at(here_);
  return c == kEnd || c == '\n' || c == '\r' || c == static_cast<unsigned char>(delimiter_) ||
         (c == '\t' && delimiter_ == ' ');
}

void CsvScanner::skip_blanks() {
  while (at_blank()) ++here_;
}

bool CsvScanner::skip_line() {
  skip_blanks();
  const int c = at(here_);
  if (c != '\n' && c != '\r' && c != '#') return false;
  if (c == '#') {
    comment_.clear();
    for (++here_; at(here_) != kEnd && at(here_) != '\n' && at(here_) != '\r'; ++here_)
      if (comment_.size() < kLongestComment) comment_ += static_cast<char>(at(here_));
  }
  end_line();
  begin_ += here_;
  here_ = 0;
  line_ = next_line_;
  return true;
}

bool CsvScanner::next(std::vector<std::string_view>& fields) {
  begin_ += here_;
  here_ = 0;
  line_ = next_line_;
  fields.clear();
  for (std::int64_t skipped = 0; skip_line();) {
    if (++skipped == kMostEmptyLines) {
      source_.refuse("{} lines up to line {} hold nothing; expected lines of numbers", skipped,
                     line_);
    }
  }
  if (at(here_) == kEnd) return false;

  parts_.clear();
  while (true) {
    if (parts_.size() == kMostFields)
      source_.refuse("line {} has more than {} fields; expected a line of numbers", line_,
                     kMostFields);
    skip_blanks();
    parts_.push_back(at(here_) == '"' ? quoted(parts_.size() + 1) : plain());
    if (delimiter_ == ' ') skip_blanks();
    const int ended_by = at(here_);
    const bool line_ends = ended_by == kEnd || ended_by == '\n' || ended_by == '\r';
    if (line_ends) break;
    if (delimiter_ != ' ') ++here_;
  }
  end_line();
  for (const Part& part : parts_)
    fields.push_back(std::string_view(text_).substr(begin_ + part.offset, part.size));
  return true;
}

CsvScanner::Part CsvScanner::quoted(std::size_t column) {
  const std::size_t first = ++here_;
  for (;; ++here_) {
    const int c = at(here_);
    if (c == kEnd) {
      source_.refuse("line {}, column {}: a quote is opened and never closed; expected another",
                     line_, column);
    }
    if (c == '\n') ++next_line_;
    if (c != '"') continue;
    if (at(here_ + 1) != '"') break;
    ++here_;
  }
  const Part field{first, here_ - first};
  ++here_;
  skip_blanks();
  const bool next_follows = delimiter_ == ' ' && at(here_ - 1) == ' ';
  if (!at_field_end() && !next_follows) {
    source_.refuse("line {}, column {}: a quote is closed before its field ends; expected '{}'",
                   line_, column,
                   delimiter_ == '\t' ? std::string("\\t") : std::string{delimiter_});
  }
  return field;
}

CsvScanner::Part CsvScanner::plain() {
  const std::size_t first = here_;
  const auto stops = [&](char c) {
    return c == delimiter_ || c == '\n' || c == '\r' || (c == '\t' && delimiter_ == ' ');
  };
  do {
    const auto from = text_.begin() + static_cast<std::ptrdiff_t>(begin_ + here_);
    here_ += static_cast<std::size_t>(std::find_if(from, text_.end(), stops) - from);
  } while (begin_ + here_ == text_.size() && load());
  std::size_t size = here_ - first;
  for (const auto last = [&] { return text_[begin_ + first + size - 1]; };
       size > 0 && (last() == ' ' || last() == '\t');)
    --size;
  return {first, size};
}

}  // namespace tapestry::nn
