#include "tools/tutorial/formulas.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/grad/sweep.h"
#include "engine/tensor/format.h"

namespace tapestry::tools {
using namespace detail;
namespace {

// How tightly a text holds together; a looser one is bracketed inside a tighter one.
enum class Bond { sum, product, power, atom };

struct Text {
  std::string text;
  Bond bond = Bond::atom;
};

Text number(double value) { return {number_text(value), value < 0 ? Bond::sum : Bond::atom}; }

// As an operand of something that binds like `bond`.
std::string within(const Text& operand, Bond bond, bool first) {
  const bool loose = operand.bond < bond && !(first && operand.text.starts_with('-') &&
                                              operand.text.find(' ') == std::string::npos);
  const bool sign_inside = !first && operand.text.starts_with('-');
  return loose || sign_inside ? "(" + operand.text + ")" : operand.text;
}

struct Infix {
  std::string_view op, sign;
  Bond bond;
  bool associative;  // a + (b + c) needs no brackets
};

constexpr std::array<Infix, 5> kInfix{{{"add", "+", Bond::sum, true},
                                       {"sub", "-", Bond::sum, false},
                                       {"mul", "*", Bond::product, true},
                                       {"mul_zero", "*", Bond::product, true},  // in sweeps back
                                       {"div", "/", Bond::product, false}}};

Text joined(std::string_view op, const std::vector<Text>& operands) {
  const auto infix = std::find_if(kInfix.begin(), kInfix.end(),
                                  [&](const Infix& known) { return known.op == op; });
  if (infix != kInfix.end() && operands.size() == 2) {
    if (infix->sign == "*" && operands[0].text == "1") return operands[1];
    if (infix->sign == "*" && operands[1].text == "1") return operands[0];
    const Bond right = infix->associative ? infix->bond : static_cast<Bond>(int(infix->bond) + 1);
    return {fmt::format("{} {} {}", within(operands[0], infix->bond, true), infix->sign,
                        within(operands[1], right, false)),
            infix->bond};
  }
  if (op == "neg") return {"-" + within(operands[0], Bond::power, false), Bond::sum};
  if (op == "square") return {within(operands[0], Bond::atom, false) + "^2", Bond::power};
  std::string list;
  for (const Text& operand : operands) list += (list.empty() ? "" : ", ") + operand.text;
  return {fmt::format("{}({})", op, list)};
}

// A statement of steps.
Text unrolled(const Run& statement, const std::vector<Text>& leaves) {
  std::vector<Text> steps;
  for (const Step& step : statement.kernel->steps) {
    std::vector<Text> operands;
    for (int slot = 0; slot < step.arity(); ++slot) {
      const StepOperand& of = step.operands[slot];
      operands.push_back(of.kind == StepOperand::Kind::operand ? leaves[of.where]
                         : of.kind == StepOperand::Kind::literal
                             ? number(statement.payload[of.where])
                             : steps[of.where]);
    }
    steps.push_back(joined(step.function->name, operands));
  }
  return steps.back();
}

bool stands_for_itself(const Tape& tape, NodeId id) {
  return !tape.name(id).empty() || tape.operands(id).empty();
}

}  // namespace

std::string bracketed(double value) { return within(number(value), Bond::atom, false); }

Formulas::Parts Formulas::parts(NodeId id) const {
  Parts parts;
  std::set<NodeId> operands, waiting{id};
  while (!waiting.empty()) {
    const NodeId next = *waiting.rbegin();
    waiting.erase(next);
    if (next != id && stands_for_itself(tape_, next)) {
      operands.insert(next);
    } else {
      parts.between.push_back(next);
      for (const NodeId operand : tape_.operands(next)) waiting.insert(operand);
    }
  }
  parts.operands.assign(operands.begin(), operands.end());
  return parts;
}

std::string Formulas::write(NodeId id, bool as_numbers) const {
  const Parts parts = this->parts(id);
  std::map<NodeId, Text> texts;
  for (const NodeId operand : parts.operands) {
    const std::string_view name = tape_.name(operand);
    texts[operand] =
        as_numbers || name.empty() ? number(tape_.scalar_value(operand)) : Text{std::string(name)};
  }
  for (auto next = parts.between.rbegin(); next != parts.between.rend(); ++next) {
    const Run statement = tape_.statement(*next);
    std::vector<Text> leaves;
    for (const NodeId operand : tape_.operands(*next)) leaves.push_back(texts.at(operand));
    if (!statement.kernel->steps.empty()) {
      texts[*next] = unrolled(statement, leaves);
      continue;
    }
    // One operand and one constant: the statement prints x=2 or z=2, for the first or the second.
    if (statement.kernel->payload == 1 && leaves.size() == 1) {
      const bool first = tape_.attributes_text(*next).starts_with('x');
      leaves.insert(first ? leaves.begin() : leaves.end(), number(*statement.payload));
    }
    texts[*next] = joined(tape_.op_name(*next), leaves);
  }
  return texts.at(id).text;
}

std::vector<Partial> partials(Tape& tape, NodeId node) {
  const Formulas::Parts parts = Formulas(tape).parts(node);
  if (parts.operands.empty()) return {};
  Sweep sweep(tape, node, parts.operands, true);
  {
    // The reverse sweep of a gradient, but only through what lies between.
    const Tape::Resume resume(&tape);
    sweep.add(node, Scalar(1));
    for (const NodeId id : parts.between) {
      const Run statement = tape.statement(id);
      statement.kernel->record_reverse(statement, sweep);
    }
  }
  std::vector<Partial> found;
  for (const NodeId operand : parts.operands)
    found.push_back({operand, sweep.number<Scalar>(operand)});
  return found;
}

}  // namespace tapestry::tools
