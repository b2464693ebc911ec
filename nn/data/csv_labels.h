// The column of a table that tells the class, from texts to numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "nn/data/bytes.h"
#include "nn/data/csv.h"

namespace tapestry::nn {

class CsvLabelColumn {
 public:
  // `column` is counted from 0. Names from the file's first line come before those of no option.
  CsvLabelColumn(const ByteReader& source, const CsvOptions& options, std::size_t column,
                 std::vector<std::string> names_in_file);

  // Error for a text that is no label.
  void add(std::string_view text, std::int64_t line);
  std::int64_t size() const { return static_cast<std::int64_t>(rows_.size()); }

  // Sets labels, classes, class_names and a note.
  void finish(Dataset& dataset) const;

 private:
  struct Label {
    std::string text;
    std::optional<double> number;
    std::int64_t line;  // where it was met first
  };

  std::size_t index_of(std::string_view text, std::int64_t line);
  void check(const Label& label) const;
  std::string expected_instead(const Label& label) const;
  std::int64_t known_class(const Label& label) const;
  std::vector<std::int64_t> classes_of_labels(Dataset& dataset) const;

  const ByteReader& source_;
  const CsvOptions& options_;
  std::size_t column_;
  std::vector<std::string> names_;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> places_;
  std::vector<Label> labels_;       // different texts, in the order of the file
  std::deque<std::uint32_t> rows_;  // of each row the place of its label
};

}  // namespace tapestry::nn
