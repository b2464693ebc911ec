#include "engine/base/spelling.h"

#include <algorithm>
#include <numeric>

namespace tapestry::detail {
namespace {

constexpr std::size_t kLongest = 64;  // of what a user types
constexpr std::size_t kShortest = 3;  // of what two names have in common

std::string_view without_dashes(std::string_view name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The optimal string alignment distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y)});
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> names) {
  const std::string_view typed = without_dashes(word);
  if (typed.empty() || typed.size() > kLongest) return {};
  std::string_view found;
  std::size_t least = std::max<std::size_t>(typed.size() / 3, 1) + 1;
  for (const std::string_view name : names) {
    const std::string_view known = without_dashes(name);
    if (known.size() > kLongest || known.size() >= typed.size() + least) continue;
    const std::size_t d = distance(typed, known);
    // A word of two letters with one of them replaced is another word.
    if (d >= least || d >= std::max(typed.size(), known.size()) / 2 + (typed.size() > 2)) continue;
    least = d;
    found = name;
  }
  if (!found.empty()) return found;
  const auto longer = std::ranges::find_if(names, [&](std::string_view name) {
    const std::string_view known = without_dashes(name);
    return std::min(known.size(), typed.size()) >= kShortest &&
           (known.starts_with(typed) || typed.starts_with(known));
  });
  return longer == names.end() ? std::string_view{} : *longer;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names) {
  const std::string_view name = nearest(word, names);
  return name.empty() ? "" : " (did you mean " + std::string(name) + "?)";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return did_you_mean(word, std::span<const std::string_view>(views));
}

std::string joined(std::span<const std::string_view> names, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += separator;
    text += names[i];
  }
  return text;
}

std::string joined(std::span<const std::string> names, std::string_view separator) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return joined(std::span<const std::string_view>(views), separator);
}

}  // namespace tapestry::detail
