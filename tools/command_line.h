// The command as a function: arguments without the program's name, and where to write.
#pragma once

#include <string>
#include <vector>

#include "tools/console.h"

namespace tapestry::tools {

enum ExitStatus { kSuccess = 0, kFailure = 1, kBadUsage = 2 };

// Throws nothing: whatever goes wrong becomes one line of notes and an exit status.
int run_command_line(const std::vector<std::string>& arguments, const Console& console);

}  // namespace tapestry::tools
