#include <algorithm>
#include <ostream>

#include "engine/inspect/json.h"
#include "tools/commands.h"
#include "tools/option_checks.h"
#include "tools/train/layer_report.h"
#include "tools/tutorial/board.h"
#include "tools/tutorial/descent.h"

namespace tapestry::tools {
using namespace detail;
namespace {

struct Options {
  std::int64_t steps = 1;
  bool json = false;
  int verbosity = 0;
};

StepReport report_of(std::int64_t step, const Tutorial& tutorial, const Derivation& derivation) {
  StepReport report{step, derivation.loss, {}};
  for (std::size_t layer = 0; layer < derivation.activations.size(); ++layer) {
    const auto& [name, activation] = derivation.activations[layer];
    report.layers.push_back({name, activation, named(derivation.gradients, name), {}});
    for (std::size_t i = 2 * layer; i < 2 * layer + 2; ++i) {
      const auto& [parameter, value] = tutorial.parameters[i];
      report.layers.back().parameters.push_back(
          {parameter, value, named(derivation.gradients, parameter)});
    }
  }
  return report;
}

Json object_by_name(const NamedTensors& tensors) {
  std::vector<JsonMember> members;
  for (const auto& [name, value] : tensors) members.emplace_back(name, json_of(value));
  return object_of(members);
}

// Of many steps, about this many losses are printed unless all are asked for.
constexpr std::int64_t kShown = 20;

void backprop(const Options& options, std::ostream& out) {
  const Detail detail = detail_of(options.verbosity);
  Tutorial tutorial = tutorial_start();
  const Derivation first = derive(tutorial);
  if (!options.json) write_board(out, tutorial);
  if (!options.json && (options.steps > 1 || detail != Detail::none)) out << "\nStep by step\n";

  std::vector<double> losses;
  const std::int64_t stride = std::max<std::int64_t>(1, options.steps / kShown);
  for (std::int64_t step = 1; step <= options.steps; ++step) {
    const Derivation derivation = derive(tutorial);
    losses.push_back(derivation.loss);
    if (!options.json && detail != Detail::none) {
      write_step(out, report_of(step, tutorial, derivation), detail);
    } else if (!options.json && options.steps > 1 && (step - 1) % stride == 0) {
      write_step(out, {step, derivation.loss, {}}, Detail::losses);
    }
    tutorial = descended(tutorial, derivation);
  }
  const Derivation last = derive(tutorial);
  losses.push_back(last.loss);

  if (options.json) {
    out << object_of({{"losses", json_of(losses)},
                      {"prediction", json_of(named(first.activations, "y"))},
                      {"gradients", object_by_name(first.gradients)},
                      {"parameters", object_by_name(tutorial.parameters)},
                      {"hidden", json_of(named(first.activations, "h"))},
                      {"final_prediction", json_of(named(last.activations, "y"))}})
               .text
        << '\n';
  } else if (options.steps > 1 || detail != Detail::none) {
    out << fmt::format("after {} step{}  loss {}\n", options.steps, options.steps == 1 ? "" : "s",
                       last.loss);
  }
}

}  // namespace

void add_backprop_command(Program& program, const Console& console) {
  auto options = std::make_shared<Options>();
  const Command command = program.command(
      "backprop", "The tutorial's network: every value, derivative, gradient and update, in order");
  command.option("--steps N", options->steps, "Steps of gradient descent")
      .check(whole_number(1, 1'000'000))
      .shows_default();
  const Option json = command.flag(
      "--json", options->json,
      "One JSON object: losses (before each step, and after the last), prediction, hidden "
      "and gradients of the first step, parameters and final_prediction after the last");
  add_detail(command, options->verbosity, json);
  command.runs([options, console] { backprop(*options, console.out); });
}

}  // namespace tapestry::tools
