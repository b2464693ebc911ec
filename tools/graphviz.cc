#include "tools/graphviz.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "engine/base/error.h"

extern char** environ;

namespace tapestry::tools {
using namespace detail;
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

// Without a name, and gone when closed.
File temporary() {
  File file(std::tmpfile());
  if (!file) refuse("graph", "there is no room for a temporary file ({})", std::strerror(errno));
  return file;
}

std::string contents(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char part[1 << 16];
  for (std::size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;) text.append(part, n);
  return text;
}

struct Actions {
  Actions() { posix_spawn_file_actions_init(&actions); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  void connect(std::FILE* file, int descriptor) {
    posix_spawn_file_actions_adddup2(&actions, fileno(file), descriptor);
  }
  posix_spawn_file_actions_t actions;
};

// Its status; nothing when it had to be stopped.
std::optional<int> status_of(pid_t child, std::chrono::seconds limit) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + limit;
  for (auto pause = 1ms;; pause = std::min(2 * pause, 50ms)) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) refuse("graph", "dot is lost ({})", std::strerror(errno));
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(pause);
  }
  kill(child, SIGKILL);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

std::size_t count_of(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = text.find(part); i != text.npos; i = text.find(part, i + part.size()))
    ++count;
  return count;
}

}  // namespace

std::optional<std::string> picture_of(const std::string& dot, std::string_view format,
                                      std::chrono::seconds limit) {
  const File input = temporary(), output = temporary(), complaint = temporary();
  if (std::fwrite(dot.data(), 1, dot.size(), input.get()) != dot.size() ||
      std::fflush(input.get()) != 0)
    refuse("graph", "a temporary file cannot be written ({})", std::strerror(errno));
  std::rewind(input.get());

  Actions files;
  files.connect(input.get(), STDIN_FILENO);
  files.connect(output.get(), STDOUT_FILENO);
  files.connect(complaint.get(), STDERR_FILENO);
  char program[] = "dot";
  std::string option = fmt::format("-T{}", format);
  char* arguments[] = {program, option.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, program, &files.actions, nullptr, arguments, environ);
  if (error == ENOENT || error == ENOTDIR || error == EACCES) return std::nullopt;
  if (error != 0) refuse("graph", "dot cannot be started ({})", std::strerror(error));

  const std::optional<int> status = status_of(child, limit);
  if (!status) {
    refuse("graph",
           "dot did not end within {} s on a graph of {} nodes; expected a smaller graph, a longer "
           "--time-limit, or --format dot, which does not draw it",
           limit.count(), count_of("[label=<", dot));
  }
  std::string picture = contents(output.get());
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0 || picture.empty())
    refuse("graph", "dot failed: {}", contents(complaint.get()));
  return picture;
}

}  // namespace tapestry::tools
