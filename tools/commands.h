// The subcommands. Each adds itself, its options and what it does to the command line. A command
// throws UsageError for what cannot be asked for, and Error for what cannot be done.
#pragma once

#include "tools/console.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tapestry::tools {

inline constexpr const char* kExpression = "EXPR";  // the argument of those that take one

// -v, which counts how much is told of each step. Not with --json, which tells nothing on the way.
void add_detail(CLI::App& command, int& verbosity, CLI::Option* json);

void add_backprop_command(CLI::App& app, const Console& console);
void add_eval_command(CLI::App& app, const Console& console);
void add_graph_command(CLI::App& app, const Console& console);
void add_summary_command(CLI::App& app, const Console& console);
void add_train_command(CLI::App& app, const Console& console);

}  // namespace tapestry::tools
