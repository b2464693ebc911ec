#include <CLI/CLI.hpp>
#include <ostream>

#include "tools/commands.h"
#include "tools/model_spec.h"

namespace tapestry::tools {
using namespace detail;

void add_summary_command(CLI::App& app, const Console& console) {
  auto text = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("summary", "The layers of a network as a table");
  command->add_option("--model", *text, "Such as mlp:784-128-10: Linear layers with ReLU between")
      ->type_name("MODEL")
      ->required();
  command->callback([text, console] {
    const ModelSpec spec = parse_model(*text);
    Rng rng{0};
    console.out << make_model(spec, rng).summary({1, spec.inputs()}) << '\n';
  });
}

}  // namespace tapestry::tools
