// What a program that prints the table can be asked.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "tests/bench/kernels/catalogue.h"

namespace tapestry::bench {
using namespace detail;

struct TableOptions {
  std::vector<std::string> kernels{};  // all when empty
  int repetitions = 11;

  bool wants(const std::string& name) const {
    return kernels.empty() || std::find(kernels.begin(), kernels.end(), name) != kernels.end();
  }
};

// Ends the program where the command line asks for help or is refused.
inline TableOptions table_options(int argc, char** argv) {
  std::set<std::string> names;
  for_each_kernel([&](const auto& kernel) { names.insert(kernel.name()); });
  TableOptions options;
  CLI::App app("Times scalar kernels: their values, and their gradients from recordings");
  app.add_option("kernel", options.kernels, "kernels to time; all when none is named")
      ->check(CLI::IsMember(names));
  app.add_option("-r,--repetitions", options.repetitions, "samples of each figure")
      ->check(CLI::Range(1, 1000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& asked) {
    std::exit(app.exit(asked));
  }
  return options;
}

}  // namespace tapestry::bench
