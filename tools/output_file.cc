#include "tools/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "engine/base/error.h"
#include "tools/temporary_file.h"

namespace tapestry::tools {
using namespace detail;
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_file(const fs::path& file, std::string_view why) {
  refuse("write", "{}: cannot be written ({})", file.string(), why);
}

// Follows links, so that a link stays one.
fs::path place_of(const fs::path& file) {
  std::error_code error;
  const fs::path place = fs::canonical(file, error);
  return error ? file : place;
}

void write_directly(const fs::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) refuse_file(file, std::strerror(errno));
  const bool written = write_all(descriptor, text);
  const int error = errno;
  if (::close(descriptor) != 0 || !written) refuse_file(file, std::strerror(error));
}

// As the file that it replaces, or as any new file.
mode_t mode_for(const fs::path& place) {
  struct stat status {};
  if (::stat(place.c_str(), &status) == 0) return status.st_mode & 07777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

void check_writable(const fs::path& file) {
  if (file.empty()) refuse_file(file, "it has no name");
  const fs::path place = place_of(file);
  std::error_code error;
  if (fs::is_directory(place, error)) refuse_file(file, "it is a folder");
  if (fs::exists(place, error) && !fs::is_regular_file(place, error)) return;
  if (!place.has_filename()) refuse_file(file, "it has no name");
  const fs::path folder = place.has_parent_path() ? place.parent_path() : fs::path(".");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_file(file, std::strerror(errno));
}

void write_file(const fs::path& file, std::string_view text) {
  check_writable(file);
  const fs::path place = place_of(file);
  std::error_code error;
  if (fs::exists(place, error) && !fs::is_regular_file(place, error))
    return write_directly(place, text);

  TemporaryFile beside(place);
  if (!beside.open() || !beside.write(text) || !beside.take_place(mode_for(place)))
    refuse_file(file, std::strerror(errno));
}

}  // namespace tapestry::tools
