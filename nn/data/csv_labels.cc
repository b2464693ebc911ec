#include "nn/data/csv_labels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/spelling.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/format.h"
#include "nn/data/csv_dialect.h"

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr double kLargestLabel = 0x1p53 - 2;  // whole numbers beyond are not exact in a double
constexpr std::size_t kMostLabels = std::size_t{1} << 20;
constexpr std::size_t kTold = 10;  // of the names of many classes

// The first few, and how many more there are.
std::string told(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kTold);
  return fmt::format("{}{}", joined(std::span(names).first(shown), ", "),
                     shown < names.size() ? fmt::format(" and {} more", names.size() - shown) : "");
}

}  // namespace

CsvLabelColumn::CsvLabelColumn(const ByteReader& source, const CsvOptions& options,
                               std::size_t column, std::vector<std::string> names_in_file)
    : source_(source), options_(options), column_(column), names_(std::move(names_in_file)) {
  if (!options.class_names.empty()) names_ = options.class_names;
  if (options.classes > 0 && names_.size() > static_cast<std::size_t>(options.classes)) {
    source.refuse("has {} names of classes ({}); expected at most {}, as the option classes says",
                  names_.size(), told(names_), options.classes);
  }
}

std::size_t CsvLabelColumn::index_of(std::string_view text, std::int64_t line) {
  if (const auto found = places_.find(text); found != places_.end()) return found->second;
  Label label{std::string(text), csv_number(text), line};
  check(label);
  if (labels_.size() == kMostLabels) {
    source_.refuse("line {}, column {}: there are more than {} different labels; expected classes",
                   line, column_ + 1, kMostLabels);
  }
  places_.emplace(label.text, labels_.size());
  labels_.push_back(std::move(label));
  return labels_.size() - 1;
}

void CsvLabelColumn::add(std::string_view text, std::int64_t line) {
  rows_.push_back(static_cast<std::uint32_t>(index_of(text, line)));
}

// The class of that name, or of that number where the file itself gives the names; -1 when there is
// none.
std::int64_t CsvLabelColumn::known_class(const Label& label) const {
  const auto found = std::ranges::find_if(names_, [&](const std::string& name) {
    return name == label.text || (label.number && csv_number(name) == label.number);
  });
  if (found != names_.end()) return found - names_.begin();
  const bool counts = options_.class_names.empty() && label.number &&
                      *label.number == std::floor(*label.number) && *label.number >= 0 &&
                      *label.number < static_cast<double>(names_.size());
  return counts ? static_cast<std::int64_t>(*label.number) : -1;
}

// What is wrong with a label, as what was expected; empty when nothing is.
std::string CsvLabelColumn::expected_instead(const Label& label) const {
  if (!names_.empty()) {
    if (known_class(label) >= 0) return "";
    return fmt::format("one of {}{}", told(names_), detail::did_you_mean(label.text, names_));
  }
  if (!labels_.empty() && labels_[0].number.has_value() != label.number.has_value())
    return fmt::format("a {}, as in line {}", labels_[0].number ? "whole number" : "name",
                       labels_[0].line);
  if (!label.number) return has_decimal_comma(label.text) ? "a decimal point" : "";

  const bool whole = *label.number == std::floor(*label.number) && *label.number <= kLargestLabel;
  if (options_.labels == CsvLabels::distinct)
    return whole && *label.number >= -kLargestLabel ? "" : "a whole number or a name";
  const auto classes = static_cast<double>(options_.classes);
  if (whole && *label.number >= 0 && (classes == 0 || *label.number < classes)) return "";
  return fmt::format("a whole number from 0{}{}",
                     classes > 0 ? fmt::format(" to {}", classes - 1) : "",
                     whole ? ", or the option labels (distinct)" : "");
}

void CsvLabelColumn::check(const Label& label) const {
  const std::string expected = expected_instead(label);
  if (expected.empty()) return;
  const std::string seen =
      label.number ? number_text(*label.number) : fmt::format("{:?}", label.text.substr(0, 40));
  source_.refuse("line {}, column {}: the label is {}; expected {}", label.line, column_ + 1, seen,
                 expected);
}

// Of each different label its class. Names, and distinct numbers, are counted in order.
std::vector<std::int64_t> CsvLabelColumn::classes_of_labels(Dataset& dataset) const {
  std::vector<std::int64_t> classes(labels_.size());
  const bool named = !labels_[0].number;
  if (!names_.empty()) {
    std::ranges::transform(labels_, classes.begin(),
                           [&](const Label& l) { return known_class(l); });
    dataset.class_names = names_;
    return classes;
  }
  if (!named && options_.labels == CsvLabels::from_zero) {
    std::ranges::transform(labels_, classes.begin(),
                           [](const Label& l) { return static_cast<std::int64_t>(*l.number); });
    return classes;
  }

  std::vector<std::size_t> order(labels_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return named ? labels_[a].text < labels_[b].text : *labels_[a].number < *labels_[b].number;
  });
  bool as_they_are = !named;
  for (const std::size_t i : order) {
    const bool again = !named && !dataset.class_names.empty() &&
                       labels_[i].number == csv_number(dataset.class_names.back());  // 1 and 1.0
    if (!again)
      dataset.class_names.push_back(named ? labels_[i].text : number_text(*labels_[i].number));
    classes[i] = static_cast<std::int64_t>(dataset.class_names.size()) - 1;
    as_they_are = as_they_are && static_cast<double>(classes[i]) == *labels_[i].number;
  }
  if (as_they_are) {
    dataset.class_names.clear();
  } else {
    dataset.notes.push_back(fmt::format("classes 0 to {} are {}{}", dataset.class_names.size() - 1,
                                        named ? "" : "the labels ", told(dataset.class_names)));
  }
  return classes;
}

void CsvLabelColumn::finish(Dataset& dataset) const {
  const std::vector<std::int64_t> classes = classes_of_labels(dataset);
  const std::int64_t count = std::max(*std::ranges::max_element(classes) + 1,
                                      static_cast<std::int64_t>(dataset.class_names.size()));
  if (options_.classes > 0 && count > options_.classes) {
    source_.refuse("has {} different labels ({}); expected at most {}, as the option classes says",
                   count, told(dataset.class_names), options_.classes);
  }
  dataset.classes = options_.classes > 0 ? options_.classes : count;
  dataset.labels = Tensor::uninitialized({size()}, DType::i64);
  std::ranges::transform(rows_, dataset.labels.mutable_data<std::int64_t>(),
                         [&](std::uint32_t place) { return classes[place]; });
}

}  // namespace tapestry::nn
