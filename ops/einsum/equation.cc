#include "ops/einsum/equation.h"

#include <algorithm>
#include <optional>

namespace tapestry::detail {
namespace {

constexpr std::string_view kWho = "einsum";
constexpr int kLetters = 52,
              kRest = -1;  // labels from kLetters on are axes of "...", from the right

constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
// In the order of ASCII.
constexpr int label_of(char c) { return c <= 'Z' ? c - 'A' : c - 'a' + 26; }
std::string name_of_label(int label) {
  if (label < 0 || label >= kLetters) return "...";
  return std::string(1, static_cast<char>(label < 26 ? 'A' + label : 'a' + label - 26));
}

// A subscript and which character of the equation it is, counted from 1.
struct Subscript {
  int label;
  std::size_t at;
};
using Term = std::vector<Subscript>;

// The subscripts of text[begin, end).
Term read_term(std::string_view text, std::size_t begin, std::size_t end) {
  Term term;
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] == ' ') continue;
    if (is_letter(text[i])) {
      term.push_back({label_of(text[i]), i + 1});
    } else if (text.substr(i, std::min<std::size_t>(3, end - i)) == "...") {
      if (std::any_of(term.begin(), term.end(), [](auto s) { return s.label == kRest; }))
        refuse(kWho, "\"{}\": a second ... at character {}; a term has at most one", text, i + 1);
      term.push_back({kRest, i + 1});
      i += 2;
    } else {
      refuse(kWho, "\"{}\": '{}' at character {} is no subscript; those are letters and ...", text,
             text[i], i + 1);
    }
  }
  return term;
}

struct Terms {
  std::vector<Term> operands;
  std::optional<Term> result;
};
Terms read_terms(std::string_view text) {
  Terms terms;
  const std::size_t arrow = std::min(text.find("->"), text.size());
  for (std::size_t begin = 0; begin <= arrow;) {
    const std::size_t end = std::min(text.find(',', begin), arrow);
    terms.operands.push_back(read_term(text, begin, end));
    begin = end + 1;
  }
  if (arrow < text.size()) terms.result = read_term(text, arrow + 2, text.size());
  return terms;
}

// A subscript for each axis, "..." being written out for `rest` axes.
Term written_out(const Term& term, int rest) {
  Term axes;
  for (const Subscript& s : term)
    if (s.label != kRest)
      axes.push_back(s);
    else
      for (int i = rest; i-- > 0;) axes.push_back({kLetters + i, s.at});
  return axes;
}

class Reader {
 public:
  Reader(std::string_view text, const std::vector<Tensor>& operands) : text_(text) {
    terms_ = read_terms(text);
    if (terms_.operands.size() != operands.size())
      refuse(kWho, "\"{}\" has {} terms for {} operands; there must be one for each", text,
             terms_.operands.size(), operands.size());
    equation_.extents.fill(-1);
    for (std::size_t k = 0; k < operands.size(); ++k) read_operand(k, operands[k].shape());
    read_result();
  }
  Equation equation() && { return std::move(equation_); }

 private:
  void read_operand(std::size_t k, const Shape& shape) {
    const Term& term = terms_.operands[k];
    const bool open =
        std::any_of(term.begin(), term.end(), [](auto s) { return s.label == kRest; });
    const int named = static_cast<int>(term.size()) - open, rest = shape.rank() - named;
    if (rest < 0 || (rest > 0 && !open))
      refuse(kWho, "\"{}\": term {}{} names {} axes; the operand has shape {}", text_, k + 1,
             term.empty() ? "" : fmt::format(", at character {},", term[0].at), named, shape);
    rest_ = std::max(rest_, rest);
    std::vector<int> labels;
    for (const Subscript& s : written_out(term, rest)) {
      std::int64_t& extent = equation_.extents[static_cast<std::size_t>(s.label)];
      const std::int64_t here = shape[static_cast<int>(labels.size())];
      if (extent > 1 && here != 1 && here != extent) refuse_extent(s, shape, here, extent);
      if (extent == 0 && here > 1) refuse_extent(s, shape, here, extent);
      if (extent < 0 || extent == 1) extent = here;
      labels.push_back(s.label);
      ++count_[static_cast<std::size_t>(s.label)];
    }
    equation_.operands.push_back(std::move(labels));
  }

  [[noreturn]] void refuse_extent(const Subscript& s, const Shape& shape, std::int64_t here,
                                  std::int64_t before) const {
    refuse(kWho,
           "\"{}\": {} at character {} has extent {} in shape {}, and {} before; they must be "
           "equal, or one of them 1",
           text_, name_of_label(s.label), s.at, here, shape, before);
  }

  void read_result() {
    if (!terms_.result) {
      for (int i = rest_; i-- > 0;) equation_.result.push_back(kLetters + i);
      for (int label = 0; label < kLetters; ++label)
        if (count_[static_cast<std::size_t>(label)] == 1) equation_.result.push_back(label);
      return;
    }
    for (const Subscript& s : written_out(*terms_.result, rest_)) {
      if (count_[static_cast<std::size_t>(s.label)] == 0)
        refuse(kWho, "\"{}\": {} at character {} of the result names no axis of an operand", text_,
               name_of_label(s.label), s.at);
      if (std::count(equation_.result.begin(), equation_.result.end(), s.label))
        refuse(kWho, "\"{}\": {} at character {} stands in the result a second time", text_,
               name_of_label(s.label), s.at);
      equation_.result.push_back(s.label);
    }
  }

  std::string_view text_;
  Terms terms_;
  Equation equation_;
  std::array<int, kLabels> count_{};
  int rest_ = 0;  // the most axes that a "..." stands for
};

}  // namespace

Equation read_equation(std::string_view text, const std::vector<Tensor>& operands) {
  return Reader(text, operands).equation();
}

}  // namespace tapestry::detail
