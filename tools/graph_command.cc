#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "nn/nn.h"
#include "tools/assignments.h"
#include "tools/commands.h"
#include "tools/expression/evaluation.h"
#include "tools/graphviz.h"
#include "tools/model_spec.h"
#include "tools/option_checks.h"
#include "tools/output_file.h"
#include "tools/tutorial/tutorial.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

struct Options {
  std::string expression, example, model, format, file;
  std::vector<std::string> at;
  bool backward = false, values = false, gradients = false;
};

// What is drawn: the output of a model, or its loss where a gradient is asked for, on one random
// input.
Tensor record_model(Tape& tape, const ModelSpec& spec, bool with_loss) {
  Rng rng{0};
  const nn::Sequential model = make_model(spec, rng);
  const Tensor x = tape.constant(uniform({1, spec.inputs()}, 0, 1, rng), "x");
  Tensor y = model(x);
  tape.set_name(y, "y");
  if (!with_loss) return y;
  Tensor loss = nn::cross_entropy(y, zeros({1}, DType::i64));
  tape.set_name(loss, "loss");
  return loss;
}

// Variables are leaves by their names; one without a value is 1.
Active record_expression(Tape& tape, const Options& options) {
  const Expression expression = parse_expression(options.expression);
  std::vector<Binding> bindings;
  for (const auto& [name, value] : parse_assignments(options.at))
    bindings.push_back({name, tape.variable(value, name)});
  for (const std::string& name : unbound(expression, bindings))
    bindings.push_back({name, tape.variable(1, name)});
  const Active y = evaluate(expression, bindings);
  if (!y.is_tracked())
    throw UsageError(fmt::format("{} has no variable, and so no graph", options.expression));
  if (options.backward || options.gradients) check_is_number(y, expression);
  if (!tape.is_variable(y.id()))
    y.is_scalar() ? tape.set_name(y.scalar(), "value") : tape.set_name(y.tensor(), "value");
  return y;
}

Active record(Tape& tape, const Options& options) {
  const bool given[] = {!options.expression.empty(), !options.model.empty(),
                        !options.example.empty()};
  if (std::ranges::count(given, true) != 1)
    throw UsageError(
        "graph needs one of EXPR such as x*y, --example backprop, --model mlp:784-128-10");
  if (!options.expression.empty()) return record_expression(tape, options);
  if (!options.model.empty())
    return record_model(tape, parse_model(options.model), options.backward || options.gradients);
  return tensor_pass(tape, tutorial_start()).loss;
}

// The format asked for, else the one that the file's name ends in, else DOT.
std::string format_of(const Options& options) {
  if (!options.format.empty()) return options.format;
  const std::string ending = std::filesystem::path(options.file).extension().string();
  for (const char* known : {"json", "svg"})
    if (ending == std::string(".") + known) return known;
  return ending == ".txt" ? "text" : "dot";
}

std::string drawn(const Options& options, const std::string& format) {
  Tape tape(TapeOptions{.keep_values = options.values});
  const Active y = record(tape, options);
  WriteOptions how{.values = options.values, .gradients = options.gradients};
  if (options.backward) how.adjoints = adjoints(y, {.create_graph = true});
  std::ostringstream text;
  if (format == "json") {
    write_json(text, y, how);
  } else if (format == "text") {
    write_text(text, y, how);
  } else {
    write_dot(text, y, how);
  }
  return text.str();
}

void put(const std::string& file, const std::string& text, std::ostream& out) {
  if (file.empty()) {
    out << text;
  } else {
    write_file(file, text);
  }
}

void graph(const Options& options, const Console& console) {
  const std::string format = format_of(options);
  if (!options.file.empty()) check_writable(options.file);
  const std::string text = drawn(options, format);
  if (format != "svg") return put(options.file, text, console.out);
  if (const auto svg = svg_of(text)) return put(options.file, *svg, console.out);

  std::string instead;
  if (!options.file.empty())
    instead = std::filesystem::path(options.file).replace_extension(".dot").string();
  put(instead, text, console.out);
  console.notes << fmt::format(
      "tapestry: no SVG, because Graphviz's dot is not installed; {} holds the graph as DOT\n",
      instead.empty() ? "standard output" : instead);
}

}  // namespace

void add_graph_command(CLI::App& app, const Console& console) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("graph", "The graph of a computation, drawn or as data");
  auto* expression =
      command
          ->add_option(kExpression, options->expression, "Of names and numbers, such as x*y+sin(x)")
          ->check(not_empty())
          ->type_name("");
  command->add_option("--at", options->at, "The values of names, such as x=2,y=3; 1 for the others")
      ->allow_extra_args(false)
      ->type_name("NAME=NUMBER,...")
      ->needs(expression);
  command->add_option("--example", options->example, "The tutorial's network: backprop")
      ->check(CLI::IsMember({"backprop"}).description(""))
      ->type_name("NAME");
  command->add_option("--model", options->model, "A network such as mlp:784-128-10, on one input")
      ->check(not_empty())
      ->type_name("MODEL");
  command->add_flag("--backward", options->backward,
                    "Also the adjoint of each node, linked to it, and how it is computed");
  command->add_flag("--values", options->values, "Each node's numbers");
  command->add_flag("--gradients", options->gradients,
                    "The gradient of the result by each node, as numbers");
  command
      ->add_option("--format", options->format,
                   "dot, json, text or svg; by default as FILE ends, else dot. svg needs Graphviz: "
                   "without it FILE.dot is written instead, and a note")
      ->check(CLI::IsMember({"dot", "json", "text", "svg"}).description(""))
      ->type_name("FORMAT");
  command->add_option("-o,--output", options->file, "Where to write; standard output without it")
      ->check(not_empty())
      ->type_name("FILE");
  command->callback([options, console] { graph(*options, console); });
}

}  // namespace tapestry::tools
