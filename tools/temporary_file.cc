#include "tools/temporary_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

namespace tapestry::tools {
namespace {

namespace fs = std::filesystem;

constexpr int kEnding[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
constexpr std::string_view kUnique = "XXXXXX";

// The one name of this process that a signal removes; empty when there is none.
char name_in_use[PATH_MAX];
struct sigaction action_before[std::size(kEnding)];

void remove_and_end(int signal) {
  if (name_in_use[0]) ::unlink(name_in_use);
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // ends the process when this function returns
}

// From now on signals remove the name. A program that ignores or handles one goes on doing so.
void guard(const std::string& name) {
  if (name.size() >= sizeof name_in_use) return;
  std::memcpy(name_in_use, name.c_str(), name.size() + 1);
  struct sigaction action {};
  action.sa_handler = &remove_and_end;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < std::size(kEnding); ++i) {
    ::sigaction(kEnding[i], nullptr, &action_before[i]);
    if (action_before[i].sa_handler == SIG_DFL) ::sigaction(kEnding[i], &action, nullptr);
  }
}

void unguard() {
  if (!name_in_use[0]) return;
  name_in_use[0] = 0;
  for (std::size_t i = 0; i < std::size(kEnding); ++i)
    if (action_before[i].sa_handler == SIG_DFL) ::sigaction(kEnding[i], &action_before[i], nullptr);
}

std::string random_letters() {
  static constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device random;
  std::string text;
  for (std::size_t i = 0; i < kUnique.size(); ++i) text += letters[random() % letters.size()];
  return text;
}

}  // namespace

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

TemporaryFile::TemporaryFile(const fs::path& place)
    : place_(place),
      folder_(place.has_parent_path() ? place.parent_path() : fs::path(".")),
      prefix_("." + place.filename().string().substr(0, 200) + ".tapestry-") {}

TemporaryFile::~TemporaryFile() {
  const int error = errno;
  if (name_in_use[0]) ::unlink(name_in_use);
  unguard();
  if (descriptor_ >= 0) ::close(descriptor_);
  errno = error;
}

void TemporaryFile::remove_leftovers() const {
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix_) || name.size() != prefix_.size() + kUnique.size()) continue;
    const int descriptor = ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
    ::close(descriptor);
  }
}

bool TemporaryFile::open() {
  remove_leftovers();
  descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return open_named();
  ::flock(descriptor_, LOCK_EX | LOCK_NB);
  return true;
}

// Where a file system has no files without names.
bool TemporaryFile::open_named() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string name = folder_ / (prefix_ + random_letters());
    guard(name);
    descriptor_ = ::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ >= 0) {
      ::flock(descriptor_, LOCK_EX | LOCK_NB);
      return true;
    }
    unguard();
    if (errno != EEXIST) return false;
  }
  return false;
}

bool TemporaryFile::write(std::string_view text) { return write_all(descriptor_, text); }

// A file without a name replaces none; it needs one to be renamed.
bool TemporaryFile::link_beside() {
  const std::string unnamed = "/proc/self/fd/" + std::to_string(descriptor_);
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, place_.c_str(), AT_SYMLINK_FOLLOW) == 0)
    return true;
  for (int attempt = 0; errno == EEXIST && attempt < 100; ++attempt) {
    const std::string name = folder_ / (prefix_ + random_letters());
    guard(name);
    if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return true;
    const int error = errno;
    unguard();
    errno = error;
  }
  return false;
}

bool TemporaryFile::take_place(mode_t mode) {
  if (::fchmod(descriptor_, mode) != 0) return false;
  if (!name_in_use[0] && !link_beside()) return false;
  if (name_in_use[0] && ::rename(name_in_use, place_.c_str()) != 0) return false;
  unguard();
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return ::close(descriptor) == 0;
}

}  // namespace tapestry::tools
