// What a file is written to before it takes its place. Where the system can, it has no name, and so
// leaves nothing behind whatever ends the process. A name that it must have for a moment is removed
// by the signals that end a program (SIGHUP, SIGINT, SIGQUIT, SIGTERM), and after SIGKILL by the
// next process that writes the same file: a lock tells which names are in use.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace tapestry::tools {

class TemporaryFile {
 public:
  // Beside `place`, whose folder exists. Removes what earlier processes left there. Its functions
  // are false, with errno, when they fail.
  explicit TemporaryFile(const std::filesystem::path& place);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool open();
  bool write(std::string_view text);
  // Becomes the file at `place`, which it replaces, with these permissions.
  bool take_place(mode_t mode);

 private:
  void remove_leftovers() const;
  bool open_named();
  bool link_beside();

  const std::filesystem::path place_, folder_;
  const std::string prefix_;  // of names beside it
  int descriptor_ = -1;
};

// Of the descriptor; false, with errno, when not all of it could be written.
bool write_all(int descriptor, std::string_view text);

}  // namespace tapestry::tools
