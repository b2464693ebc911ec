#include "tools/command_line.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <optional>
#include <ostream>
#include <string>

#include "engine/base/spelling.h"
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

void build(CLI::App& app, const Console& console) {
  app.set_version_flag("--version", std::string("tapestry ") + kVersion);
  app.require_subcommand(1);
  add_backprop_command(app, console);
  add_eval_command(app, console);
  add_graph_command(app, console);
  add_summary_command(app, console);
  add_train_command(app, console);
}

// The command that was being read, for messages.
std::string command_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? "tapestry" : "tapestry " + chosen[0]->get_name();
}

std::string help_of(const CLI::App& app) { return command_of(app) + " --help"; }

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// Of a command and of the program itself, with their dashes.
std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// The first word is no command.
std::optional<std::string> unknown_command(const CLI::App& app,
                                           const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].starts_with('-')) return std::nullopt;
  const auto names = command_names(app);
  if (std::ranges::find(names, arguments[0]) != names.end()) return std::nullopt;
  auto known = names;
  for (const std::string& option : option_names(app)) known.push_back(option);
  return fmt::format("unknown command '{}'{}; expected one of {}", arguments[0],
                     detail::did_you_mean(arguments[0], known), fmt::join(names, ", "));
}

// Words that no option takes explain what else seems wrong.
std::optional<std::string> unknown_words(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen[0];
  const std::vector<std::string> words = app.remaining(true);
  for (const std::string& word : words) {
    if (word.size() < 2 || word[0] != '-') continue;
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("unknown option {}{}", name,
                       detail::did_you_mean(name, option_names(command)));
  }
  if (words.empty()) return std::nullopt;
  std::string hint;
  if (words[0].starts_with("mlp:") && command.get_option_no_throw("--model"))
    hint = fmt::format(" (did you mean --model {}?)", words[0]);
  else if (command.get_option_no_throw(kExpression))
    hint = " (an expression with blanks stands in quotes)";
  return fmt::format("unexpected argument{} {}{}", words.size() == 1 ? "" : "s",
                     fmt::join(words, " "), hint);
}

// What the parser found wrong, in the words of these messages.
std::string told(const CLI::ParseError& error, const CLI::App& app) {
  const std::string message = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && message.ends_with(" missing"))
    return message.substr(0, message.find(':')) + " needs a value";
  if (dynamic_cast<const CLI::RequiredError*>(&error) && app.get_subcommands().empty())
    return fmt::format("a command is needed; expected one of {}",
                       fmt::join(command_names(app), ", "));
  return message;
}

bool takes_value(const CLI::App& command, const std::string& option) {
  const CLI::Option* found = command.get_option_no_throw(option);
  return found && found->get_expected_max() > 0;
}

// An expression may begin with a sign, as -x^2, and is then not to be read as options: it is moved
// behind "--".
void shield_expression(const CLI::App& app, std::vector<std::string>& arguments) {
  const auto commands = app.get_subcommands([&](const CLI::App* command) {
    return !arguments.empty() && command->get_name() == arguments[0] &&
           command->get_option_no_throw(kExpression);
  });
  if (commands.empty()) return;
  const CLI::App& command = *commands[0];
  for (auto word = arguments.begin() + 1; word < arguments.end() && *word != "--"; ++word) {
    const bool sign = word->size() > 1 && (*word)[0] == '-' && (*word)[1] != '-';
    if (word->starts_with('-') && takes_value(command, *word)) {
      ++word;  // and the next one is its value
    } else if (sign && !command.get_option_no_throw(*word) &&
               !takes_value(command, word->substr(0, 2))) {
      std::rotate(word, word + 1, arguments.end());
      arguments.insert(arguments.end() - 1, "--");
      return;
    }
    if (word == arguments.end()) return;
  }
}

int parse(CLI::App& app, std::vector<std::string> arguments, const Console& console) {
  if (const auto unknown = unknown_command(app, arguments))
    return fail(console, *unknown + "; see tapestry --help", kBadUsage);
  shield_expression(app, arguments);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::Success& asked) {
    app.exit(asked, console.out, console.notes);
  } catch (const CLI::ParseError& error) {
    return fail(
        console,
        fmt::format("{}; see {}", unknown_words(app).value_or(told(error, app)), help_of(app)),
        kBadUsage);
  } catch (const ExpressionError& error) {
    const int status = fail(console, error.what(), kBadUsage, command_of(app));
    console.notes << error.picture() << std::flush;
    return status;
  } catch (const UsageError& error) {
    return fail(console, fmt::format("{}; see {}", error.what(), help_of(app)), kBadUsage);
  }
  console.out.flush();
  if (!console.out) return fail(console, "the results cannot be written", kFailure);
  return kSuccess;
}

}  // namespace

void add_detail(CLI::App& command, int& verbosity, CLI::Option* json) {
  command
      .add_flag("-v,--verbose", verbosity,
                "-v: the loss of each step; -vv: activations and gradients; -vvv: weights and "
                "biases too")
      ->excludes(json);
}

int run_command_line(const std::vector<std::string>& arguments, const Console& console) {
  try {
    CLI::App app("Tapestry: automatic differentiation on a tape", "tapestry");
    build(app, console);
    return parse(app, arguments, console);
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
