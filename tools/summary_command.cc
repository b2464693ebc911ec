#include <ostream>

#include "tools/commands.h"
#include "tools/model_spec.h"

namespace tapestry::tools {
using namespace detail;

void add_summary_command(Program& program, const Console& console) {
  auto text = std::make_shared<std::string>();
  const Command command = program.command("summary", "The layers of a network as a table");
  command.option("--model MODEL", *text, "Such as mlp:784-128-10: Linear layers with ReLU between")
      .required();
  command.runs([text, console] {
    const ModelSpec spec = parse_model(*text);
    Rng rng{0};
    console.out << make_model(spec, rng).summary({1, spec.inputs()}) << '\n';
  });
}

}  // namespace tapestry::tools
