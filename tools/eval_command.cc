#include <ostream>

#include "engine/base/spelling.h"
#include "engine/base/text_table.h"
#include "engine/engine.h"
#include "engine/inspect/json.h"
#include "tools/assignments.h"
#include "tools/commands.h"
#include "tools/expression/evaluation.h"

namespace tapestry::tools {
using namespace detail;
namespace {

struct Options {
  std::string expression;
  std::vector<std::string> at;
  bool gradient = false, hessian = false, jacobian = false, json = false;
};

using Numbers = std::vector<double>;

struct Answer {
  Tensor value;
  std::vector<std::string> names;  // of the variables, in the order of --at
  Numbers gradient;
  std::vector<Numbers> hessian, jacobian;  // rows
};

Numbers numbers_of(const std::vector<Active>& values) {
  Numbers numbers;
  for (const Active& value : values) numbers.push_back(tensor_of(value).item());
  return numbers;
}

// A row for each element of y.
std::vector<Numbers> jacobian_of(const Active& y, const std::vector<Active>& xs) {
  if (y.is_scalar() || y.tensor().rank() == 0) return {numbers_of(partials(y, xs, false))};
  std::vector<Numbers> rows;
  for (std::int64_t i = 0; i < y.tensor().size(); ++i)
    rows.push_back(numbers_of(partials(at(y.tensor().to(DType::f64), {i}), xs, false)));
  return rows;
}

Answer answer(const Options& options) {
  const Expression expression = parse_expression(options.expression);
  Tape tape;
  Answer answer;
  std::vector<Binding> bindings;
  std::vector<Active> xs;
  for (const auto& [name, value] : parse_assignments(options.at)) {
    xs.push_back(tape.variable(full({}, value, DType::f64), name));
    bindings.push_back({name, xs.back()});
    answer.names.push_back(name);
  }
  const Active y = evaluate(expression, bindings);
  answer.value = tensor_of(y).to(DType::f64);
  if (options.jacobian) answer.jacobian = jacobian_of(y, xs);
  if (!options.gradient && !options.hessian) return answer;

  check_is_number(y, expression);
  const std::vector<Active> gradient = partials(y, xs, options.hessian);
  answer.gradient = numbers_of(gradient);
  if (options.hessian)
    for (const Active& partial : gradient)
      answer.hessian.push_back(numbers_of(partials(partial, xs, false)));
  return answer;
}

// ---- as JSON ----

void write_as_json(std::ostream& out, const Answer& answer, const Options& options) {
  std::vector<JsonMember> members{{"value", json_of(answer.value)}};
  if (options.gradient) {
    std::vector<JsonMember> derivatives;
    for (std::size_t i = 0; i < answer.names.size(); ++i)
      derivatives.emplace_back(answer.names[i], json_of(answer.gradient[i]));
    members.emplace_back("grad", object_of(derivatives));
  }
  if (options.jacobian) members.emplace_back("jacobian", json_of(answer.jacobian));
  if (options.hessian) members.emplace_back("hessian", json_of(answer.hessian));
  out << object_of(members).text << '\n';
}

// ---- as text ----

Cells line_of(const std::string& label, const Numbers& numbers) {
  Cells line{label};
  for (const double number : numbers) line.push_back(number_text(number));
  return line;
}

std::string value_text(const Tensor& value) {
  const Cells numbers = line_of("", value.to_vector());
  return value.rank() == 0 ? numbers[1]
                           : fmt::format("[{}]", joined(std::span(numbers).subspan(1), ", "));
}

// Rows of derivatives by all names, which stand above them.
void add_rows(std::vector<Cells>& lines, const std::string& title, const Cells& names,
              const std::vector<Numbers>& rows, const Cells& labels) {
  lines.push_back({title});
  lines.back().insert(lines.back().end(), names.begin(), names.end());
  for (std::size_t i = 0; i < rows.size(); ++i) lines.push_back(line_of(labels[i], rows[i]));
}

void write_as_text(std::ostream& out, const Answer& answer, const Options& options) {
  if (!options.gradient && !options.hessian && !options.jacobian) {
    out << value_text(answer.value) << '\n';
    return;
  }
  std::vector<Cells> lines{{"value", value_text(answer.value)}};
  for (std::size_t i = 0; options.gradient && i < answer.names.size(); ++i)
    lines.push_back(line_of("d/d" + answer.names[i], {answer.gradient[i]}));
  if (options.jacobian && !answer.names.empty()) {
    Cells places;
    for (std::size_t i = 0; i < answer.jacobian.size(); ++i)
      places.push_back(fmt::format("[{}]", i));
    add_rows(lines, "jacobian", answer.names, answer.jacobian, places);
  }
  if (!answer.hessian.empty())
    add_rows(lines, "hessian", answer.names, answer.hessian, answer.names);
  out << in_columns(lines, "<  <");
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const Function& function : functions()) names.push_back(function.name);
  return names;
}

void eval(const Options& options, std::ostream& out) {
  const Answer result = answer(options);
  options.json ? write_as_json(out, result, options) : write_as_text(out, result, options);
}

}  // namespace

void add_eval_command(Program& program, const Console& console) {
  auto options = std::make_shared<Options>();
  const Command command = program.command("eval", "The value and the derivatives of an expression");
  command
      .expression(
          options->expression,
          "Numbers, names, + - * / ^ ( ), functions such as sin(x) and atan2(x, y), comparisons "
          "such as x < 1, where(x < 1, a, b), vectors [x, y], and of these sum, prod, mean, max, "
          "min, norm, dot; max(x, y) of several numbers, too; pi and e")
      .required();
  command.option("--at NAME=NUMBER,...", options->at, "The values of names, such as x=2,y=pi/3");
  command.flag("--grad", options->gradient, "The derivative by each name of --at");
  command.flag("--hessian", options->hessian,
               "The second derivatives, rows and columns in the order of --at");
  command.flag("--jacobian", options->jacobian,
               "The derivatives of a vector: a row for each element, a column for each name");
  command.flag("--json", options->json,
               "One JSON object: value, and grad, jacobian and hessian if asked");
  command.footer("Functions: " + joined(function_names(), ", "));
  command.runs([options, console] { eval(*options, console.out); });
}

}  // namespace tapestry::tools
