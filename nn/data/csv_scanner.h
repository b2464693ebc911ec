// Text as records of fields, without regard to what they mean.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "nn/data/bytes.h"

namespace tapestry::nn {

class CsvScanner {
 public:
  // `text` must outlive the scanner; `source` gives the errors.
  CsvScanner(std::string_view text, char delimiter, const ByteReader& source);

  // Replaces `fields` by those of the next record that is not an empty line: false at the end. A
  // field is given without the blanks and quotes around it; quotes doubled inside it stay doubled.
  // Error when a quote is never closed or followed by more.
  bool next(std::vector<std::string_view>& fields);
  std::int64_t line() const { return line_; }  // where the record begins, from 1

 private:
  std::string_view quoted(std::size_t column);
  std::string_view plain();
  void skip_blanks();
  bool at_field_end() const { return rest_.empty() || rest_[0] == delimiter_ || rest_[0] == '\n'; }

  std::string_view rest_;
  char delimiter_;
  const ByteReader& source_;
  std::int64_t line_ = 1, next_line_ = 1;
};

}  // namespace tapestry::nn
