// How much memory something takes the first time: growth of the resident anonymous pages of a child
// process that ends afterwards, so that nothing is reused from, or left for, anything else.
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace tapestry::bench {

// Of this process, program text and files left out; 0 where Linux does not say.
inline std::int64_t anonymous_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string word; rollup >> word;)
    if (word == "Anonymous:") {
      std::int64_t kib = 0;
      rollup >> kib;
      return kib * 1024;
    }
  return 0;
}

// Bytes that `during` adds after `before`, in pages; both run in the child, on what before()
// returns.
template <class Before, class During>
std::int64_t resident_growth(Before&& before, During&& during) {
  int ends[2];
  if (pipe(ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    auto state = before();
    const std::int64_t start = anonymous_bytes();
    during(state);
    const std::int64_t grown = anonymous_bytes() - start;
    const bool written = write(ends[1], &grown, sizeof grown) == sizeof grown;
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::int64_t grown = 0;
  if (child < 0 || read(ends[0], &grown, sizeof grown) != sizeof grown) grown = 0;
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return grown;
}

}  // namespace tapestry::bench
