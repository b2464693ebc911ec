#include "nn/data/csv_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/base/spelling.h"
#include "engine/tensor/format.h"
#include "nn/data/csv_dialect.h"

namespace tapestry::nn {
using namespace detail;

template <class T>
CsvTable<T>::CsvTable(const ByteReader& source, const CsvOptions& options,
                      std::vector<std::string> names, std::size_t label_column)
    : source_(source),
      options_(options),
      names_(std::move(names)),
      label_column_(label_column),
      columns_(names_.size()) {}

template <class T>
void CsvTable<T>::append(Column& column, double value) {
  const T stored = static_cast<T>(value);
  numbers_.push_back(stored);
  column.least = column.count ? std::min(column.least, value) : value;
  column.most = column.count ? std::max(column.most, value) : value;
  column.rounding = std::max(column.rounding, std::abs(static_cast<double>(stored) - value));
  column.sum += value;
  ++column.count;
}

template <class T>
bool CsvTable<T>::add(const std::vector<std::string_view>& fields, std::int64_t line) {
  const std::size_t before = numbers_.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view field = fields[i];
    const bool is_label = i == label_column_;
    const std::optional<double> value = is_label ? std::nullopt : csv_number(field);
    if (value && std::isfinite(static_cast<T>(*value))) {
      append(columns_[i], *value);
      continue;
    }
    if (is_label ? is_missing_label(field) : is_missing(field)) {
      const bool drop = options_.missing == CsvMissing::drop;
      if (!drop && (is_label || options_.missing == CsvMissing::refuse)) {
        source_.refuse(
            "line {}, column {}: {:?} stands for a missing {}; expected {}, or the option "
            "missing ({}drop)",
            line, i + 1, field, is_label ? "label" : "number", is_label ? "one" : "a number",
            is_label ? "" : "mean or ");
      }
      if (drop) {
        numbers_.resize(before);
        ++dropped_;
        return false;
      }
      ++columns_[i].missing;
      numbers_.push_back(std::numeric_limits<T>::quiet_NaN());
      continue;
    }
    if (is_label) continue;
    source_.refuse("line {}, column {}: {:?}{}; expected a finite number{}", line, i + 1,
                   field.substr(0, 40), has_decimal_comma(field) ? " has a decimal comma" : "",
                   has_decimal_comma(field) ? " with a decimal point" : "");
  }
  ++rows_;
  return true;
}

template <class T>
std::string CsvTable<T>::told(std::size_t column) const {
  return names_[column].empty() ? fmt::format("column {}", column + 1)
                                : fmt::format("column {} ({})", column + 1, names_[column]);
}

// Numbers that differ by more than their last digits as doubles do, and less than f32 can tell.
template <class T>
void CsvTable<T>::check_resolution(const Column& column, std::size_t place) const {
  constexpr double kSteps = 512, kJitter = 1e-12;
  const double range = column.most - column.least;
  if (column.rounding * 2 * kSteps <= range) return;
  if (range <= kJitter * std::max(std::abs(column.least), std::abs(column.most))) return;
  source_.refuse(
      "{}: numbers from {} to {} are rounded by up to {} in f32; expected the option dtype (f64), "
      "from which standardized() makes f32",
      told(place), number_text(column.least), number_text(column.most),
      number_text(column.rounding));
}

template <class T>
void CsvTable<T>::note_missing(Dataset& dataset) const {
  if (dropped_ > 0)
    dataset.notes.push_back(
        fmt::format("{} of {} rows are left out: a value is missing", dropped_, rows_ + dropped_));
  constexpr std::size_t kTold = 5;
  std::vector<std::string> of;
  std::int64_t missing = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].missing == 0) continue;
    missing += columns_[i].missing;
    if (of.size() < kTold)
      of.push_back(fmt::format("{} in {}", columns_[i].missing, told(i)));
    else if (of.size() == kTold)
      of.push_back("...");
  }
  if (missing > 0)
    dataset.notes.push_back(fmt::format("{} missing value{} became the mean of {} column: {}",
                                        missing, missing == 1 ? "" : "s",
                                        missing == 1 ? "its" : "their", joined(of, ", ")));
}

template <class T>
void CsvTable<T>::finish(Dataset& dataset) {
  if (rows_ == 0)
    source_.refuse("holds no rows{}; expected lines of numbers",
                   dropped_ ? fmt::format(" without missing values, and {} with", dropped_) : "");
  std::vector<T> means;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (i == label_column_) continue;
    if (column.count == 0)
      source_.refuse("{} holds no number at all; expected one of which the mean can be taken",
                     told(i));
    if (std::is_same_v<T, float>) check_resolution(column, i);
    means.push_back(static_cast<T>(column.sum / static_cast<long double>(column.count)));
  }
  note_missing(dataset);

  dataset.inputs = Tensor::uninitialized({rows_, static_cast<std::int64_t>(means.size())},
                                         std::is_same_v<T, float> ? DType::f32 : DType::f64);
  T* out = dataset.inputs.template mutable_data<T>();
  std::size_t place = 0;
  for (const T number : numbers_) {
    *out++ = std::isnan(number) ? means[place] : number;
    place = place + 1 == means.size() ? 0 : place + 1;
  }
  numbers_.clear();
}

template class CsvTable<float>;
template class CsvTable<double>;

}  // namespace tapestry::nn
