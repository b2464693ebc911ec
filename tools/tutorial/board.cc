#include "tools/tutorial/board.h"

#include <map>
#include <ostream>
#include <set>

#include "engine/base/text_table.h"
#include "engine/tensor/format.h"
#include "tools/tutorial/descent.h"
#include "tools/tutorial/formulas.h"

namespace tapestry::tools {
using namespace detail;
namespace {

constexpr std::size_t kWidth = 100;

class Board {
 public:
  Board(std::ostream& out, const Tutorial& tutorial)
      : out_(out), tutorial_(tutorial), pass_(scalar_pass(tape_, tutorial)) {
    for (const Quantity& quantity : pass_.given)
      for (const Scalar& x : quantity.elements) given_.insert(x.id());
    for (const Adjoint& adjoint : adjoints(pass_.loss))
      adjoint_[adjoint.of] = adjoint.value.scalar().value();
    for (const Quantity& quantity : pass_.results)
      for (const Scalar& x : quantity.elements) results_.push_back(x.id());
    results_.push_back(pass_.loss.id());
    for (const NodeId node : results_) {
      for (const Partial& partial : partials(tape_, node))
        if (!given_.contains(partial.of)) uses_[partial.of].push_back({node, partial.partial});
    }
  }

  void write() {
    given();
    forward();
    local_derivatives();
    backward();
    update();
  }

 private:
  struct Use {
    NodeId by;
    Scalar partial;  // d by / d the node that is used
  };

  void title(std::string_view text) { out_ << '\n' << text << '\n'; }

  // left = first = second = ..., on one line where it fits.
  void line(const std::string& left, const std::vector<std::string>& equals) {
    std::string text = "  " + left;
    std::size_t length = text.size();
    for (const std::string& next : equals) length += 3 + next.size();
    for (std::size_t i = 0; i < equals.size(); ++i) {
      if (length > kWidth && i > 0) text += '\n' + std::string(left.size() + 2, ' ');
      text += " = " + equals[i];
    }
    out_ << text << '\n';
  }

  std::string name(NodeId id) const { return std::string(tape_.name(id)); }
  std::string ratio(NodeId of, NodeId by) const {
    return fmt::format("d{}/d{}", tape_.name(of), tape_.name(by));
  }
  std::string adjoint_name(NodeId id) const { return ratio(pass_.loss.id(), id); }

  // What a partial is, and its number where that is not the same.
  std::vector<std::string> partial_text(Scalar partial) const {
    std::vector<std::string> equals;
    if (tape_.owns(partial)) equals.push_back(formulas_.symbols(partial.id()));
    equals.push_back(number_text(partial.value()));
    return equals;
  }

  void quantity(const std::string& name, const Tensor& value, std::string_view what) {
    const std::string left = fmt::format("  {} = ", name);
    std::string text = to_string(value);
    text.resize(text.rfind(' '));  // the dtype
    if (!what.empty()) text = fmt::format("{:<24}{}", text, what);
    out_ << hanging(left, text) << '\n';
  }

  void given() {
    out_ << "One step of gradient descent on a network of 2 inputs, 2 hidden units and 2 outputs.\n"
            "W[p,q] is the weight from unit p to unit q. Every number is a double, printed in "
            "full.\n";
    title("Given");
    quantity("x ", tutorial_.x, "the input");
    quantity("t ", tutorial_.target, "the output that it should have");
    for (const auto& [name, value] : tutorial_.parameters) quantity(name, value, "");
    out_ << fmt::format("  lr = {}\n", tutorial_.learning_rate);
  }

  void forward() {
    title("1. Forward: the layers u -> h = relu(u) and v -> y = relu(v), the errors e, the loss l");
    for (const NodeId id : results_) {
      line(name(id),
           {formulas_.symbols(id), formulas_.numbers(id), number_text(tape_.scalar_value(id))});
    }
  }

  void local_derivatives() {
    title("2. Local derivatives: how fast each number changes with those that it is made from");
    for (const NodeId node : results_) {
      for (const auto& [of, uses] : uses_) {
        for (const Use& use : uses)
          if (use.by == node) line(ratio(node, of), partial_text(use.partial));
      }
    }
  }

  // Each use of a node carries the adjoint of its user back, times the local derivative.
  void chain(NodeId id) {
    std::string symbols, numbers;
    const std::vector<Use>& uses = uses_.at(id);
    std::vector<std::string> equals;
    if (uses.size() == 1 && uses[0].by == pass_.loss.id()) {
      line(adjoint_name(id), partial_text(uses[0].partial));
      return;
    }
    for (const Use& use : uses) {
      const bool first = symbols.empty();
      const double from = adjoint_.at(use.by);
      symbols +=
          fmt::format("{}{} * {}", first ? "" : " + ", adjoint_name(use.by), ratio(use.by, id));
      numbers +=
          fmt::format("{}{} * {}", first ? "" : " + ", first ? number_text(from) : bracketed(from),
                      bracketed(use.partial.value()));
    }
    line(adjoint_name(id), {symbols, numbers, number_text(adjoint_.at(id))});
  }

  void chain(const Quantity& quantity) {
    for (const Scalar& x : quantity.elements) chain(x.id());
  }

  void backward() {
    title("3. Backward: the chain rule, from the loss to every weight and bias");
    for (const char* name : {"e", "y", "v"}) chain(pass_.result(name));
    for (std::size_t i : {2, 3}) chain(pass_.parameters[i]);
    for (const char* name : {"h", "u"}) chain(pass_.result(name));
    for (std::size_t i : {0, 1}) chain(pass_.parameters[i]);
  }

  void update() {
    title("4. Update: every weight and bias one step downhill");
    const Derivation derivation = derive(pass_);
    const Tutorial next = descended(tutorial_, derivation);
    for (std::size_t k = 0; k < pass_.parameters.size(); ++k) {
      const std::vector<double> moved = next.parameters[k].second.to_vector();
      for (std::size_t i = 0; i < moved.size(); ++i) {
        const Scalar old = pass_.parameters[k].elements[i];
        const double partial = adjoint_.at(old.id());
        line(fmt::format("new {}", name(old.id())),
             {fmt::format("{} - lr * {}", name(old.id()), adjoint_name(old.id())),
              fmt::format("{} - {} * {}", old.value(), tutorial_.learning_rate, bracketed(partial)),
              number_text(moved[i])});
      }
    }

    title("5. Forward again, with the new weights and biases");
    const Derivation after = derive(next);
    for (const auto& [name, value] : after.activations) quantity(name, value, "");
    out_ << fmt::format("  l = {}, and it was {}\n", after.loss, derivation.loss);
  }

  std::ostream& out_;
  const Tutorial& tutorial_;
  Tape tape_;
  ScalarPass pass_;
  Formulas formulas_{tape_};
  std::set<NodeId> given_;
  std::vector<NodeId> results_;
  std::map<NodeId, double> adjoint_;
  std::map<NodeId, std::vector<Use>> uses_;
};

}  // namespace

void write_board(std::ostream& out, const Tutorial& tutorial) { Board(out, tutorial).write(); }

}  // namespace tapestry::tools
