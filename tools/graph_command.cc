#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>
#include <sstream>

#include "engine/base/spelling.h"
#include "nn/loss.h"
#include "tools/assignments.h"
#include "tools/commands.h"
#include "tools/expression/evaluation.h"
#include "tools/graph_format.h"
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
  bool backward = false, values = false, gradients = false, profile = false;
  std::int64_t time_limit = 30;  // of dot, in seconds
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

// Exactly one of the three is to be drawn.
void check_choice(const Options& options) {
  std::vector<std::string> given;
  if (!options.expression.empty()) given.push_back(fmt::format("EXPR ({})", options.expression));
  if (!options.model.empty()) given.push_back("--model " + options.model);
  if (!options.example.empty()) given.push_back("--example " + options.example);
  if (given.empty())
    throw UsageError(
        "graph needs one of EXPR such as x*y, --example backprop, --model mlp:784-128-10");
  if (given.size() > 1)
    throw UsageError(
        fmt::format("{} are given; expected one graph at a time", joined(given, " and ")));
}

Active record(Tape& tape, const Options& options) {
  if (!options.expression.empty()) return record_expression(tape, options);
  if (!options.model.empty())
    return record_model(tape, parse_model(options.model), options.backward || options.gradients);
  return tensor_pass(tape, tutorial_start()).loss;
}

std::string drawn(const Options& options, GraphFormat format) {
  std::optional<Profile> profile;
  if (options.profile) profile.emplace();
  Tape tape(TapeOptions{.keep_values = options.values});
  const Active y = record(tape, options);
  if (options.profile && is_floating(tape.dtype(y.id())) && tape.shape(y.id()).size() == 1)
    adjoints(y);  // so that the rules are timed, too
  WriteOptions how{.values = options.values, .gradients = options.gradients};
  if (profile) how.profile = &*profile;
  if (options.backward) how.adjoints = adjoints(y, {.create_graph = true});
  std::ostringstream text;
  if (format == GraphFormat::json) {
    write_json(text, y, how);
  } else if (format == GraphFormat::text) {
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

// Without dot the graph is written as DOT instead, and a note says so.
void put_instead(const Options& options, const std::string& dot, GraphFormat format,
                 const Console& console) {
  std::string instead;
  if (!options.file.empty())
    instead = std::filesystem::path(options.file).replace_extension(".dot").string();
  put(instead, dot, console.out);
  console.notes << fmt::format(
      "tapestry: no picture as {}, because Graphviz's dot is not installed; {} holds the graph as "
      "DOT\n",
      name_of(format), instead.empty() ? "standard output" : instead);
}

void graph(const Options& options, const Console& console) {
  check_choice(options);
  const GraphFormat format = graph_format(options.format, options.file);
  if (options.file.empty() && console.out_seen && is_picture(format) && format != GraphFormat::svg)
    throw UsageError(fmt::format("a terminal shows no {0}; expected -o FILE.{0}", name_of(format)));
  if (!options.file.empty()) check_writable(options.file);
  const std::string text = drawn(options, format);
  if (!is_picture(format)) return put(options.file, text, console.out);
  const auto picture = picture_of(text, name_of(format), std::chrono::seconds(options.time_limit));
  picture ? put(options.file, *picture, console.out) : put_instead(options, text, format, console);
}

}  // namespace

void add_graph_command(Program& program, const Console& console) {
  auto options = std::make_shared<Options>();
  const Command command = program.command("graph", "The graph of a computation, drawn or as data");
  const Option expression =
      command.expression(options->expression, "Of names and numbers, such as x*y+sin(x)")
          .check(not_empty());
  command
      .option("--at NAME=NUMBER,...", options->at,
              "The values of names, such as x=2,y=3; 1 for the others")
      .needs(expression);
  command.option("--example NAME", options->example, "The tutorial's network: backprop")
      .check(one_of({"backprop"}));
  command.option("--model MODEL", options->model, "A network such as mlp:784-128-10, on one input")
      .check(not_empty());
  command.flag("--backward", options->backward,
               "Also the adjoint of each node, linked to it, and how it is computed");
  command.flag("--values", options->values, "Each node's numbers");
  command.flag("--gradients", options->gradients,
               "The gradient of the result by each node, as numbers");
  command.flag(
      "--profile", options->profile,
      "The time of each operation on tensors, with its vjp: in its node, and as its colour");
  command
      .option("--format FORMAT", options->format,
              "dot, json, text, svg, png or pdf; by default as FILE ends, else dot. Pictures "
              "need Graphviz: without it FILE.dot is written instead, and a note")
      .check(one_of({"dot", "json", "text", "svg", "png", "pdf"}));
  command.option("--time-limit N", options->time_limit, "Seconds that Graphviz may take")
      .check(whole_number(1, 1'000'000))
      .shows_default();
  command
      .option("-o,--output FILE", options->file,
              "Where to write; standard output without it. It ends in .dot, .svg, .png, .pdf, "
              ".json or .txt")
      .check(not_empty());
  command.runs([options, console] { graph(*options, console); });
}

}  // namespace tapestry::tools
