// The columns of a table that are numbers, as they are read, row by row.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/bytes.h"
#include "nn/data/csv.h"

namespace tapestry::nn {

// Rows of T, float or double.
template <class T>
class CsvTable {
 public:
  // `names` of the columns, or as many empty ones; the label's is left out.
  CsvTable(const ByteReader& source, const CsvOptions& options, std::vector<std::string> names,
           std::size_t label_column);

  // False when the row is left out, for a missing value. Error for a field that is no number.
  bool add(const std::vector<std::string_view>& fields, std::int64_t line);

  // Sets inputs and notes. Error when a column has no value at all, or was crowded together in T.
  void finish(Dataset& dataset);

 private:
  struct Column {
    double least = 0, most = 0;  // of what is there
    double rounding = 0;         // the largest by which a number changed in T
    long double sum = 0;
    std::int64_t count = 0, missing = 0;
  };

  void append(Column& column, double value);
  std::string told(std::size_t column) const;
  void check_resolution(const Column& column, std::size_t place) const;
  void note_missing(Dataset& dataset) const;

  const ByteReader& source_;
  const CsvOptions& options_;
  std::vector<std::string> names_;
  std::size_t label_column_;
  std::vector<Column> columns_;
  std::deque<T> numbers_;  // NaN where one is missing
  std::int64_t rows_ = 0, dropped_ = 0;
};

extern template class CsvTable<float>;
extern template class CsvTable<double>;

}  // namespace tapestry::nn
