#include "tools/command_line.h"

#include <new>
#include <ostream>
#include <string>

#include "engine/version.h"
#include "tools/commands.h"
#include "tools/expression/expression_error.h"
#include "tools/usage.h"

namespace tapestry::tools {
namespace {

// One line, whatever bytes the arguments held.
int fail(const Console& console, std::string message, ExitStatus status,
         std::string_view who = "tapestry") {
  for (char& c : message)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  console.notes << who << ": " << message << std::endl;
  return status;
}

void build(Program& program, const Console& console) {
  program.suggest("mlp:", "--model");
  add_backprop_command(program, console);
  add_eval_command(program, console);
  add_graph_command(program, console);
  add_summary_command(program, console);
  add_train_command(program, console);
}

int run(Program& program, const std::vector<std::string>& arguments, const Console& console) {
  try {
    program.run(arguments, console.out);
  } catch (const ExpressionError& error) {
    const int status = fail(console, error.what(), kBadUsage, program.name());
    console.notes << error.picture() << std::flush;
    return status;
  } catch (const UsageError& error) {
    return fail(console, fmt::format("{}; see {} --help", error.what(), program.name()), kBadUsage);
  }
  console.out.flush();
  if (!console.out) return fail(console, "the results cannot be written", kFailure);
  return kSuccess;
}

}  // namespace

void add_detail(Command command, int& verbosity, Option json) {
  command
      .count("-v,--verbose", verbosity,
             "-v: the loss of each step; -vv: activations and gradients; -vvv: weights and biases "
             "too")
      .excludes(json);
}

int run_command_line(const std::vector<std::string>& arguments, const Console& console) {
  try {
    Program program("tapestry", "Tapestry: automatic differentiation on a tape", kVersion);
    build(program, console);
    return run(program, arguments, console);
  } catch (const std::bad_alloc&) {
    return fail(console, "out of memory", kFailure);
  } catch (const Error& error) {
    // The module is the user's; the line of a source is not.
    const std::string_view where = error.scope();
    return fail(console,
                fmt::format("{}{}{}", error.message(), where.empty() ? "" : "; in ", where),
                kFailure);
  } catch (const std::exception& error) {
    return fail(console, error.what(), kFailure);
  } catch (...) {
    return fail(console, "an unknown error", kFailure);
  }
}

}  // namespace tapestry::tools
