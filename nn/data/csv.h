// Tables of numbers as text, one row a line, one column the class (RFC 4180: quoted fields, CR LF
// or LF). Files may be gzipped, whatever their names. Empty lines are passed over. Errors read:
// [csv] FILE: line L, column C: what was seen; expected what. Both are counted from 1.
#pragma once

#include <cstdint>
#include <string>

#include "nn/data/dataset.h"

namespace tapestry::nn {

class ByteReader;

enum class CsvHeader {
  detect,   // the first line is one when none of its fields is a number
  present,  // the first line is passed over
  absent,
};

struct CsvOptions {
  char delimiter = ',';
  CsvHeader header = CsvHeader::detect;
  std::int64_t label_column = -1;  // from 0; -1 is the last
  std::int64_t classes = 0;        // 0: one more than the largest label
};

// Inputs (lines, columns - 1) f32, labels (lines,) i64. The set is named after the file.
// Error for a line of another length, a field that is no finite number, a label that is negative,
// fractional or not below `classes`, and a file without rows.
Dataset load_csv(const std::string& file, const CsvOptions& options = {});

// The same from any bytes; the set has their name.
Dataset read_csv(ByteReader& bytes, const CsvOptions& options = {});

}  // namespace tapestry::nn
