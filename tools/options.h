// How a command says what it can be asked. CLI11, which reads the arguments, is in options.cc
// alone.
//   command.option("--steps N", steps, "Steps of gradient descent")
//       .check(whole_number(1, 100))
//       .shows_default();
//   Option json = command.flag("--json", as_json, "One JSON object");
//   command.count("-v,--verbose", verbosity, "Tells more").excludes(json);
//   command.runs([=] { ... });
// Variables are set before the command runs; they must live until then.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tapestry::tools {

// What is wrong with a value; empty where it will do.
using Check = std::function<std::string(const std::string&)>;

// A handle: copies are the same option.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option check(const Check& check) const;
  Option required() const;
  Option shows_default() const;         // the variable's value of now, in the help
  Option excludes(Option other) const;  // not together
  Option needs(Option other) const;     // not without

 private:
  CLI::Option* option_;
};

// A subcommand, as a handle. Options are declared as the help shows them: "-o,--output FILE".
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  // Into a text or a number (std::int64_t, std::uint64_t, int, double).
  template <class Value>
  Option option(const std::string& declared, Value& value, const std::string& help) const;
  // Into a list of texts: may be given several times, with one value each.
  Option option(const std::string& declared, std::vector<std::string>& values,
                const std::string& help) const;
  Option flag(const std::string& names, bool& given, const std::string& help) const;
  Option count(const std::string& names, int& times, const std::string& help) const;  // -vv is 2
  // The argument EXPR. It may begin with a sign, as -x^2, and is not taken for options then.
  Option expression(std::string& text, const std::string& help) const;

  void footer(const std::string& text) const;  // of the help
  void runs(std::function<void()> what) const;

 private:
  CLI::App* app_;
};

// A program of commands, of which each call names one.
class Program {
 public:
  Program(const std::string& name, const std::string& help, const std::string& version);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Command command(const std::string& name, const std::string& help);
  // A stray word that begins so was meant for this option, where the command has it.
  void suggest(const std::string& beginning, const std::string& option);

  // Reads the arguments and runs their command, or writes the help or the version that they ask
  // for. UsageError where they cannot be read; and what the command throws.
  void run(std::vector<std::string> arguments, std::ostream& out);
  // The program's name and the command's that was being read, for messages.
  std::string name() const;

 private:
  std::string unread(const std::string& otherwise) const;

  std::unique_ptr<CLI::App> app_;
  std::vector<std::pair<std::string, std::string>> suggestions_;
};

}  // namespace tapestry::tools
