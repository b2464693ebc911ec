#include <unistd.h>
#include <xmmintrin.h>
#include <pmmintrin.h>

#include <iostream>

#include "tools/command_line.h"

int main(int count, char** arguments) {
  if (getenv("FTZ")) { _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON); _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_ON);}
  std::ios::sync_with_stdio(false);
  return tapestry::tools::run_command_line(
      {arguments + (count > 0 ? 1 : 0), arguments + count},
      {std::cout, std::cerr, isatty(STDERR_FILENO) == 1});
}
