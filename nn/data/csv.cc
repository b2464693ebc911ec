#include "nn/data/csv.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "engine/base/spelling.h"
#include "nn/data/bytes.h"
#include "nn/data/csv_dialect.h"
#include "nn/data/csv_labels.h"
#include "nn/data/csv_scanner.h"
#include "nn/data/csv_table.h"

namespace tapestry::nn {
using namespace detail;
namespace {

using Fields = std::vector<std::string>;  // of a line, kept

constexpr std::int64_t kMostClasses = std::int64_t{1} << 53;

void check(const CsvOptions& options, const ByteReader& source) {
  if (options.delimiter != 0 && !may_delimit(options.delimiter)) {
    source.refuse(
        "the option delimiter is {:?}; expected a comma, a semicolon, a tab, a blank or "
        "another sign that is in no number",
        std::string{options.delimiter});
  }
  if (options.classes < 0 || options.classes > kMostClasses)
    source.refuse("the option classes is {}; expected 0 to {}", options.classes, kMostClasses);
  if (options.dtype != DType::f32 && options.dtype != DType::f64)
    source.refuse("the option dtype is {}; expected f32 or f64", options.dtype);
  if (options.limit < 1)
    source.refuse("the option limit is {}; expected at least 1", options.limit);
  if (!options.label_name.empty() && options.label_column != -1)
    source.refuse("the options label_name ({}) and label_column ({}) are given; expected one",
                  options.label_name, options.label_column);
}

// As RFC 4180 writes quotes within quotes.
std::string unquoted(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field.substr(i).starts_with("\"\"")) ++i;
  }
  return text;
}

Fields kept(const std::vector<std::string_view>& fields) {
  Fields texts;
  for (const std::string_view field : fields) texts.push_back(unquoted(field));
  return texts;
}

bool is_whole(std::string_view field) {
  return !field.empty() && field.find_first_not_of("0123456789") == field.npos;
}

// 0,1,2,class, as some write the numbers of the columns; the first may be the rows' own.
bool counts_columns(const Fields& fields) {
  std::size_t next = 0, counted = 0;
  for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
    if (i == 0 && fields[i].empty()) continue;
    if (fields[i] != std::to_string(next)) return false;
    ++next;
    ++counted;
  }
  return counted > 0 && !csv_number(fields.back()) && !is_missing(fields.back());
}

bool names_columns(const Fields& fields, const Fields& below) {
  const auto is_text = [](const std::string& field) {
    return !csv_number(field) && (field.empty() || !is_missing(field));
  };
  if (std::ranges::all_of(fields, is_text)) return true;
  return counts_columns(fields) && fields.size() == below.size() && csv_number(below.back());
}

// Rows, features and the names of the classes, as scikit-learn's tables begin.
bool counts_rows(const Fields& fields, const Fields& below) {
  return fields.size() > 2 && is_whole(fields[0]) && is_whole(fields[1]) &&
         std::none_of(fields.begin() + 2, fields.end(),
                      [](const auto& f) { return csv_number(f).has_value(); }) &&
         csv_number(fields[1]) == static_cast<double>(below.size() - 1) &&
         std::ranges::all_of(below, [](const auto& f) { return csv_number(f).has_value(); });
}

// What comes before the first row of numbers.
struct Head {
  Fields names{};              // of the columns; empty where they have none
  Fields classes{};            // their names
  std::int64_t rows = 0;       // claimed; 0 where nothing is claimed
  bool first_is_data = false;  // the first line is a row
};

Head head_of(const Fields& first, const Fields& second, CsvHeader header) {
  if (header == CsvHeader::present) return {.names = first};
  if (header == CsvHeader::detect && names_columns(first, second)) return {.names = first};
  if (header == CsvHeader::detect && !second.empty() && counts_rows(first, second)) {
    return {.classes = {first.begin() + 2, first.end()},
            .rows = static_cast<std::int64_t>(*csv_number(first[0]))};
  }
  return {.first_is_data = true};
}

std::size_t label_column(const CsvOptions& options, const Fields& names, std::size_t columns,
                         const ByteReader& source) {
  const auto count = static_cast<std::int64_t>(columns);
  if (columns < 2) source.refuse("has 1 column; expected at least 2, numbers and a label");
  if (options.label_name.empty()) {
    const std::int64_t column = options.label_column;
    if (column < -count || column >= count)
      source.refuse("has no label column {} among its {}; expected {} to {}", column, columns,
                    -count, count - 1);
    return static_cast<std::size_t>(column < 0 ? column + count : column);
  }
  const auto found = std::ranges::find(names, options.label_name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (names.empty())
    source.refuse("has no line of names, and so no column {}; expected the number of a column",
                  options.label_name);
  constexpr std::size_t kTold = 10;
  source.refuse("has no column {}{}; expected one of {}{}", options.label_name,
                detail::did_you_mean(options.label_name, names),
                joined(std::span(names).first(std::min(kTold, names.size())), ", "),
                names.size() > kTold ? ", ..." : "");
}

// Takes the records of a table one after the other.
template <class T>
class Reading {
 public:
  Reading(ByteReader& source, const CsvOptions& options)
      : source_(source), options_(options), records_(source, options.delimiter) {}

  Dataset read() {
    if (!records_.next(fields_)) source_.refuse("is empty; expected lines of numbers");
    const Fields first = kept(fields_);
    const std::int64_t first_line = records_.line();
    const Fields comment_names = names_in_comment(first.size());
    const bool more = records_.next(fields_);
    const Head head = head_of(first, more ? kept(fields_) : Fields{}, options_.header);

    const std::size_t columns = head.rows > 0 ? fields_.size() : first.size();
    Fields names = head.names.empty() ? comment_names : head.names;
    if (names.size() != columns) names.clear();
    const std::size_t label = label_column(options_, names, columns, source_);
    names.resize(columns);
    CsvTable<T> table(source_, options_, std::move(names), label);
    CsvLabelColumn labels(source_, options_, label, head.classes);

    if (head.first_is_data)
      add(table, labels, label, {first.begin(), first.end()}, first_line, columns);
    for (bool next = more; next; next = records_.next(fields_))
      add(table, labels, label, fields_, records_.line(), columns);

    Dataset dataset;
    dataset.name = source_.name();
    table.finish(dataset);
    if (head.rows > 0 && head.rows != rows_)
      dataset.notes.push_back(
          fmt::format("holds {} rows, and its first line says {}", rows_, head.rows));
    labels.finish(dataset);
    return dataset;
  }

 private:
  // The last comment before the first row may hold the names, as numpy.savetxt writes them.
  Fields names_in_comment(std::size_t columns) const {
    Fields names;
    std::string name;
    const char delimiter = records_.delimiter();
    const auto end_name = [&] {
      const std::size_t first = name.find_first_not_of(" \t");
      if (first != name.npos)
        names.push_back(name.substr(first, name.find_last_not_of(" \t") - first + 1));
      else if (delimiter != ' ')
        names.emplace_back();
      name.clear();
    };
    for (const char c : records_.comment()) c == delimiter ? end_name() : name.push_back(c);
    end_name();
    return names.size() == columns ? names : Fields{};
  }

  void add(CsvTable<T>& table, CsvLabelColumn& labels, std::size_t label,
           const std::vector<std::string_view>& fields, std::int64_t line, std::size_t columns) {
    if (fields.size() != columns) {
      source_.refuse("line {} has {} column{}; expected {}, as in the first", line, fields.size(),
                     fields.size() == 1 ? "" : "s", columns);
    }
    numbers_ += static_cast<std::int64_t>(columns);
    if (numbers_ > options_.limit)
      source_.refuse("holds more than {} numbers at line {}; expected no more, or the option limit",
                     options_.limit, line);
    ++rows_;
    if (table.add(fields, line)) labels.add(unquoted(fields[label]), line);
  }

  ByteReader& source_;
  const CsvOptions& options_;
  CsvScanner records_;
  std::vector<std::string_view> fields_;
  std::int64_t numbers_ = 0, rows_ = 0;
};

}  // namespace

Dataset read_csv(ByteReader& bytes, const CsvOptions& options, Site site) {
  const CallSite call(site);
  check(options, bytes);
  return options.dtype == DType::f32 ? Reading<float>(bytes, options).read()
                                     : Reading<double>(bytes, options).read();
}

Dataset load_csv(const std::string& file, const CsvOptions& options, Site site) {
  const CallSite call(site);
  ByteReader bytes("csv", file);
  Dataset dataset = read_csv(bytes, options);
  dataset.name = std::filesystem::path(file).filename().string();
  return dataset;
}

}  // namespace tapestry::nn
