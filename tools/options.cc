#include "tools/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <ostream>

#include "engine/base/spelling.h"
#include "tools/option_checks.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

constexpr const char* kExpression = "EXPR";

// ---- declaring ----

struct Declared {
  std::string names, type;
};

Declared parts_of(const std::string& declared) {
  const std::size_t blank = declared.find(' ');
  if (blank == declared.npos) return {declared, ""};
  return {declared.substr(0, blank), declared.substr(blank + 1)};
}

bool read(const std::string& text, std::string& value) {
  value = text;
  return true;
}

template <class Number>
bool read(const std::string& text, Number& value) {
  return reads_as(text, value);
}

// ---- reading ----

// The command that was being read.
const CLI::App* chosen(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? nullptr : commands[0];
}

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

// The first word must be a command.
void check_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].starts_with('-')) return;
  const auto names = command_names(app);
  if (std::ranges::find(names, arguments[0]) != names.end()) return;
  auto known = names;
  for (const std::string& option : option_names(app)) known.push_back(option);
  throw UsageError(fmt::format("unknown command '{}'{}; expected one of {}", arguments[0],
                               did_you_mean(arguments[0], known), joined(names, ", ")));
}

// What the parser found wrong, in the words of these messages.
std::string told(const CLI::ParseError& error, const CLI::App& app) {
  const std::string message = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && message.ends_with(" missing"))
    return message.substr(0, message.find(':')) + " needs a value";
  if (dynamic_cast<const CLI::RequiredError*>(&error) && !chosen(app))
    return "a command is needed; expected one of " + joined(command_names(app), ", ");
  return message;
}

bool takes_value(const CLI::App& command, const std::string& option) {
  const CLI::Option* found = command.get_option_no_throw(option);
  return found && found->get_expected_max() > 0;
}

// An expression that begins with a sign is moved behind "--".
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

}  // namespace

// ---- an option ----

Option Option::check(const Check& check) const { return Option(option_->check(check)); }
Option Option::required() const { return Option(option_->required()); }
Option Option::shows_default() const { return Option(option_->capture_default_str()); }
Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }
Option Option::needs(Option other) const { return Option(option_->needs(other.option_)); }

// ---- a command ----

template <class Value>
Option Command::option(const std::string& declared, Value& value, const std::string& help) const {
  const auto [names, type] = parts_of(declared);
  const auto set = [&value](const CLI::results_t& texts) { return read(texts.at(0), value); };
  const auto show = [&value] { return fmt::format("{}", value); };
  return Option(app_->add_option(names, set, help, false, show)->type_name(type));
}

template Option Command::option(const std::string&, std::string&, const std::string&) const;
template Option Command::option(const std::string&, std::int64_t&, const std::string&) const;
template Option Command::option(const std::string&, std::uint64_t&, const std::string&) const;
template Option Command::option(const std::string&, int&, const std::string&) const;
template Option Command::option(const std::string&, double&, const std::string&) const;

Option Command::option(const std::string& declared, std::vector<std::string>& values,
                       const std::string& help) const {
  const auto [names, type] = parts_of(declared);
  const auto set = [&values](const CLI::results_t& texts) {
    values = texts;
    return true;
  };
  return Option(app_->add_option(names, set, help)
                    ->type_name(type)
                    ->expected(1, CLI::detail::expected_max_vector_size)
                    ->allow_extra_args(false));
}

Option Command::flag(const std::string& names, bool& given, const std::string& help) const {
  return Option(app_->add_flag(names, given, help));
}

Option Command::count(const std::string& names, int& times, const std::string& help) const {
  return Option(app_->add_flag(names, times, help));
}

Option Command::expression(std::string& text, const std::string& help) const {
  return option(kExpression, text, help);
}

void Command::footer(const std::string& text) const { app_->footer(text); }
void Command::runs(std::function<void()> what) const { app_->callback(std::move(what)); }

// ---- the program ----

Program::Program(const std::string& name, const std::string& help, const std::string& version)
    : app_(std::make_unique<CLI::App>(help, name)) {
  app_->set_version_flag("--version", name + " " + version);
  app_->require_subcommand(1);
}

Program::~Program() = default;

Command Program::command(const std::string& name, const std::string& help) {
  return Command(app_->add_subcommand(name, help));
}

void Program::suggest(const std::string& beginning, const std::string& option) {
  suggestions_.emplace_back(beginning, option);
}

std::string Program::name() const {
  const CLI::App* command = chosen(*app_);
  return app_->get_name() + (command ? " " + command->get_name() : "");
}

// Words that no option takes explain what else seems wrong.
std::string Program::unread(const std::string& otherwise) const {
  const CLI::App& command = chosen(*app_) ? *chosen(*app_) : *app_;
  const std::vector<std::string> words = app_->remaining(true);
  for (const std::string& word : words) {
    if (word.size() < 2 || word[0] != '-') continue;
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("unknown option {}{}", name, did_you_mean(name, option_names(command)));
  }
  if (words.empty()) return otherwise;
  std::string hint;
  if (command.get_option_no_throw(kExpression))
    hint = " (an expression with blanks stands in quotes)";
  for (const auto& [beginning, option] : suggestions_)
    if (words[0].starts_with(beginning) && command.get_option_no_throw(option))
      hint = fmt::format(" (did you mean {} {}?)", option, words[0]);
  return fmt::format("unexpected argument{} {}{}", words.size() == 1 ? "" : "s", joined(words, " "),
                     hint);
}

void Program::run(std::vector<std::string> arguments, std::ostream& out) {
  check_command(*app_, arguments);
  shield_expression(*app_, arguments);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app_->parse(arguments);
  } catch (const CLI::Success& asked) {
    app_->exit(asked, out, out);
  } catch (const CLI::ParseError& error) {
    throw UsageError(unread(told(error, *app_)));
  }
}

}  // namespace tapestry::tools
