// The subcommands. Each adds itself, its options and what it does to the command line. A command
// throws UsageError for what cannot be asked for, and Error for what cannot be done.
#pragma once

#include "tools/console.h"
#include "tools/options.h"

namespace tapestry::tools {

// -v, which counts how much is told of each step. Not with --json, which tells nothing on the way.
void add_detail(Command command, int& verbosity, Option json);

void add_backprop_command(Program& program, const Console& console);
void add_eval_command(Program& program, const Console& console);
void add_graph_command(Program& program, const Console& console);
void add_summary_command(Program& program, const Console& console);
void add_train_command(Program& program, const Console& console);

}  // namespace tapestry::tools
