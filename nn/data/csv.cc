#include "nn/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/factory.h"
#include "nn/data/bytes.h"
#include "nn/data/csv_scanner.h"

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr double kLargestLabel = 0x1p53 - 2;  // whole numbers beyond are not exact in a double

std::optional<double> number(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  return value;
}

bool is_header(const std::vector<std::string_view>& fields) {
  return std::none_of(fields.begin(), fields.end(), [](auto field) { return number(field); });
}

// Gathers the numbers of records that all have the same length.
class Table {
 public:
  Table(const ByteReader& source, const CsvOptions& options, std::size_t columns)
      : source_(source), columns_(columns), classes_(options.classes) {
    const auto count = static_cast<std::int64_t>(columns);
    if (columns < 2) source.refuse("has 1 column; expected at least 2, numbers and a label");
    if (options.label_column < -count || options.label_column >= count) {
      source.refuse("has no label column {} among its {}; expected {} to {}", options.label_column,
                    columns, -count, count - 1);
    }
    label_column_ = static_cast<std::size_t>(options.label_column < 0 ? options.label_column + count
                                                                      : options.label_column);
  }

  void add(const std::vector<std::string_view>& fields, std::int64_t line) {
    if (fields.size() != columns_) {
      source_.refuse("line {} has {} columns; expected {}, as in the first", line, fields.size(),
                     columns_);
    }
    for (std::size_t i = 0; i < columns_; ++i) {
      const std::optional<double> value = number(fields[i]);
      if (!value || !std::isfinite(static_cast<float>(*value))) {
        source_.refuse("line {}, column {}: {:?}; expected a finite number", line, i + 1,
                       fields[i].substr(0, 40));
      }
      if (i == label_column_) {
        labels_.push_back(label(*value, line));
      } else {
        inputs_.push_back(static_cast<float>(*value));
      }
    }
  }

  Dataset finish() const {
    if (labels_.empty()) source_.refuse("holds no rows; expected lines of numbers");
    const auto rows = static_cast<std::int64_t>(labels_.size());
    const auto features = static_cast<std::int64_t>(columns_) - 1;
    return {source_.name(), from_vector(inputs_, {rows, features}), from_vector(labels_, {rows}),
            classes_ ? classes_ : *std::max_element(labels_.begin(), labels_.end()) + 1};
  }

 private:
  std::int64_t label(double value, std::int64_t line) const {
    const double largest = classes_ ? static_cast<double>(classes_ - 1) : kLargestLabel;
    if (value != std::floor(value) || value < 0 || value > largest) {
      source_.refuse("line {}, column {}: the label is {}; expected a whole number from 0{}", line,
                     label_column_ + 1, value, classes_ ? fmt::format(" to {}", largest) : "");
    }
    return static_cast<std::int64_t>(value);
  }

  const ByteReader& source_;
  std::size_t columns_, label_column_ = 0;
  std::int64_t classes_;
  std::vector<float> inputs_;
  std::vector<std::int64_t> labels_;
};

}  // namespace

Dataset read_csv(ByteReader& bytes, const CsvOptions& options) {
  const std::string text = bytes.read_all();
  CsvScanner records(text, options.delimiter, bytes);
  std::vector<std::string_view> fields;
  if (!records.next(fields)) bytes.refuse("is empty; expected lines of numbers");

  Table table(bytes, options, fields.size());
  const bool skip = options.header == CsvHeader::present ||
                    (options.header == CsvHeader::detect && is_header(fields));
  if (!skip) table.add(fields, records.line());
  while (records.next(fields)) table.add(fields, records.line());
  return table.finish();
}

Dataset load_csv(const std::string& file, const CsvOptions& options) {
  ByteReader bytes("csv", file);
  Dataset dataset = read_csv(bytes, options);
  dataset.name = std::filesystem::path(file).filename().string();
  return dataset;
}

}  // namespace tapestry::nn
