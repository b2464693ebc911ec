#include <unistd.h>

#include <iostream>

#include "tools/command_line.h"

int main(int count, char** arguments) {
  std::ios::sync_with_stdio(false);
  return tapestry::tools::run_command_line(
      {arguments + (count > 0 ? 1 : 0), arguments + count},
      {std::cout, std::cerr, isatty(STDERR_FILENO) == 1, isatty(STDOUT_FILENO) == 1});
}
