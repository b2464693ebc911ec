// Text as records of fields, without regard to what they mean. The text is read a block at a time:
// no more of it is held than a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/bytes.h"

namespace tapestry::nn {

class CsvScanner {
 public:
  // Reads `source` to its end, and lets it speak in errors. Delimiter 0 stands for the one that the
  // first lines seem to have, see csv_dialect.h. Runs of blanks are one delimiter where it is ' '.
  CsvScanner(ByteReader& source, char delimiter);

  // Replaces `fields` by those of the next record: false at the end. Empty lines and lines that
  // begin with # are passed over. A field is given without the blanks and quotes around it; quotes
  // doubled inside it stay doubled. The fields live until the next call. Error when a quote is
  // never closed or followed by more, when a byte is 0, when a record is longer than 2^24 bytes
  // or has more than 2^20 fields, and when 2^20 lines in a row hold nothing.
  bool next(std::vector<std::string_view>& fields);

  std::int64_t line() const { return line_; }  // where the record begins, from 1
  char delimiter() const { return delimiter_; }
  const std::string& comment() const { return comment_; }  // the last one, without its #

 private:
  struct Part {
    std::size_t offset, size;
  };

  bool load();
  void begin_text();
  int at(std::size_t i);  // the byte at an offset of the record, or kEnd
  bool skip_line();       // that is empty or a comment
  void end_line();
  void skip_blanks();
  bool at_blank();
  bool at_field_end();
  Part quoted(std::size_t column);
  Part plain();

  ByteReader& source_;
  char delimiter_;
  std::string text_;
  std::size_t begin_ = 0, here_ = 0;  // of the record in the text; of what is read, in the record
  bool all_loaded_ = false;
  std::int64_t line_ = 1, next_line_ = 1;
  std::string comment_;
  std::vector<Part> parts_;
};

}  // namespace tapestry::nn
