// Nodes in postfix order, put together as the grammar recognizes them. A call is opened where its
// function or operator stands, and closed behind its last operand.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/expression/infix.h"

namespace tapestry::tools {

class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) { expression_.text = text; }

  // Parts of the text. ExpressionError for what cannot be meant.
  void number(std::string_view digits);
  void variable(std::string_view name);
  void open_operator(std::string_view symbol, std::string_view function);
  void open_call(std::string_view name);
  void open_vector(std::string_view bracket);
  void operand() { ++open_.back().operands; }
  void close();

  // Around everything that may contain itself.
  void enter(std::size_t offset);
  void leave() { --depth_; }

  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }
  Expression take() { return std::move(expression_); }

 private:
  [[noreturn]] void refuse_at(std::size_t offset, const std::string& message) const;

  std::string_view text_;
  Expression expression_;
  std::map<std::string_view, std::size_t> seen_;  // variables
  std::vector<ExpressionNode> open_;
  int depth_ = 0;
};

}  // namespace tapestry::tools
