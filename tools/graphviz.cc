#include "tools/graphviz.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/error.h"

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

}  // namespace

std::optional<std::string> svg_of(const std::string& dot) {
  const File input = temporary(), output = temporary(), complaint = temporary();
  if (std::fwrite(dot.data(), 1, dot.size(), input.get()) != dot.size() ||
      std::fflush(input.get()) != 0)
    refuse("graph", "a temporary file cannot be written ({})", std::strerror(errno));
  std::rewind(input.get());

  Actions files;
  files.connect(input.get(), STDIN_FILENO);
  files.connect(output.get(), STDOUT_FILENO);
  files.connect(complaint.get(), STDERR_FILENO);
  char program[] = "dot", format[] = "-Tsvg";
  char* arguments[] = {program, format, nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, program, &files.actions, nullptr, arguments, environ);
  if (error == ENOENT || error == ENOTDIR || error == EACCES) return std::nullopt;
  if (error != 0) refuse("graph", "dot cannot be started ({})", std::strerror(error));

  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::string svg = contents(output.get());
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || svg.empty())
    refuse("graph", "dot failed: {}", contents(complaint.get()));
  return svg;
}

}  // namespace tapestry::tools
