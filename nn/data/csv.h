// Tables of numbers as text, one row a line, one column the class (RFC 4180: quoted fields, CR LF
// or LF). Files may be gzipped, whatever their names. Empty lines and lines that begin with # are
// passed over. Errors read: [csv] FILE: line L, column C: what was seen; expected what. Both are
// counted from 1. The text is read a block at a time and may be endless: it ends at `limit`
// numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tapestry::nn {

class ByteReader;

enum class CsvHeader {
  // The first line is one when none of its fields is a number, or when it counts its columns (0, 1,
  // 2...) and names only the class. So is scikit-learn's: rows, features, names of the classes.
  detect,
  present,  // the first line gives the columns' names
  absent,
};

// What becomes of an empty field, and of ? NA N/A NaN null none.
enum class CsvMissing {
  refuse,
  mean,  // a feature becomes the mean of its column over the file; a label is refused
  drop,  // its row is left out
};

enum class CsvLabels {
  from_zero,  // whole numbers are the classes; names are distinct
  distinct,   // each label that occurs is a class, in order: -1 and 1 are 0 and 1
};

struct CsvOptions {
  char delimiter = 0;  // 0: the one of , ; tab | and blanks that the first two lines have
  CsvHeader header = CsvHeader::detect;
  std::int64_t label_column = -1;  // from 0; -1 is the last
  std::int64_t classes = 0;        // 0: as many as the labels tell
  std::string label_name{};        // of the label's column, instead of its number
  CsvLabels labels = CsvLabels::from_zero;
  std::vector<std::string> class_names{};  // what a label may be, class by class: such as another
                                           // set's class_names
  CsvMissing missing = CsvMissing::refuse;
  DType dtype = DType::f32;                    // of the inputs: f32 or f64
  std::int64_t limit = std::int64_t{1} << 27;  // numbers in the file: 1 GiB of f64
};

// Inputs (lines, columns - 1) f32 or f64, labels (lines,) i64. The set is named after the file. Its
// class_names are the labels' texts where the labels are not the classes themselves, and its notes
// tell how missing values and labels were understood.
// Error for a line of another length, a field that is no finite number of the dtype, a label that
// is no class, a column of f64 numbers that are spread over fewer than 512 steps of f32 (as
// time stamps are), a file without rows, and for options that contradict the file or themselves.
Dataset load_csv(const std::string& file, const CsvOptions& options = {}, detail::Site site = {});

// The same from any bytes; the set has their name.
Dataset read_csv(ByteReader& bytes, const CsvOptions& options = {}, detail::Site site = {});

}  // namespace tapestry::nn
