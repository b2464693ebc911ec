#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <ostream>

#include "tools/commands.h"
#include "tools/usage.h"

namespace tapestry::tools {
namespace {

// One line, whatever bytes the arguments held.
int fail(const Console& console, std::string message, ExitStatus status) {
  for (char& c : message)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  console.notes << "tapestry: " << message << std::endl;
  return status;
}

void build(CLI::App& app, const Console& console) {
  app.require_subcommand(1);
  add_backprop_command(app, console);
  add_graph_command(app, console);
  add_summary_command(app, console);
  add_train_command(app, console);
}

// The command that was being read, for its help.
std::string help_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return fmt::format("tapestry {}--help", chosen.empty() ? "" : chosen[0]->get_name() + " ");
}

int parse(CLI::App& app, std::vector<std::string> arguments, const Console& console) {
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::Success& asked) {
    app.exit(asked, console.out, console.notes);
  } catch (const CLI::ParseError& error) {
    return fail(console, fmt::format("{}; see {}", error.what(), help_of(app)), kBadUsage);
  } catch (const UsageError& error) {
    return fail(console, fmt::format("{}; see {}", error.what(), help_of(app)), kBadUsage);
  }
  console.out.flush();
  if (!console.out) return fail(console, "the results cannot be written", kFailure);
  return kSuccess;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const Console& console) {
  try {
    CLI::App app("Tapestry: automatic differentiation on a tape", "tapestry");
    build(app, console);
    return parse(app, arguments, console);
  } catch (const std::bad_alloc&) {
    return fail(console, "out of memory", kFailure);
  } catch (const std::exception& error) {
    return fail(console, error.what(), kFailure);
  } catch (...) {
    return fail(console, "an unknown error", kFailure);
  }
}

}  // namespace tapestry::tools
