#include "tools/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

namespace tapestry::tools {
namespace {

namespace fs = std::filesystem;

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_in(const TempFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

BOOST_AUTO_TEST_CASE(a_file_is_made_or_replaced_and_nothing_is_left_beside_it) {
  const TempFolder folder;
  const std::string file = folder.path() + "/graph.dot";
  write_file(file, "one");
  BOOST_TEST(contents(file) == "one");
  write_file(file, "two");
  BOOST_TEST(contents(file) == "two");
  BOOST_TEST(files_in(folder) == 1U);
}

BOOST_AUTO_TEST_CASE(a_replaced_file_keeps_its_permissions) {
  const TempFolder folder;
  const std::string file = folder.write("graph.dot", "one");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  write_file(file, "two");
  BOOST_TEST((fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_link_stays_a_link) {
  const TempFolder folder;
  const std::string file = folder.write("real", "one"), link = folder.path() + "/link";
  fs::create_symlink("real", link);
  write_file(link, "two");
  BOOST_TEST(fs::is_symlink(link));
  BOOST_TEST(contents(file) == "two");
}

BOOST_AUTO_TEST_CASE(a_device_is_written_to_and_stays_one) {
  write_file("/dev/null", "gone");
  BOOST_TEST(fs::is_character_file("/dev/null"));
  BOOST_TEST(refusal([] { write_file("/dev/full", "text"); }) ==
             "[write] /dev/full: cannot be written (No space left on device)");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused_and_left_alone) {
  const TempFolder folder;
  BOOST_TEST(refusal([&] { write_file(folder.path(), ""); }) ==
             "[write] " + folder.path() + ": cannot be written (it is a folder)");
  const std::string lost = folder.path() + "/none/graph.dot";
  BOOST_TEST(refusal([&] { check_writable(lost); }) ==
             "[write] " + lost + ": cannot be written (No such file or directory)");
  BOOST_TEST(files_in(folder) == 0U);
}

// A child that writes the file again and again, ended by a signal after it began.
void end_a_writer(const std::string& file, int signal, int microseconds) {
  int began[2];
  BOOST_TEST_REQUIRE(::pipe(began) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text(1 << 20, 'x');
    for (bool first = true;; first = false) {
      write_file(file, text);
      if (first && ::write(began[1], "x", 1) != 1) ::_exit(1);
    }
  }
  char byte = 0;
  BOOST_TEST_REQUIRE(::read(began[0], &byte, 1) == 1);
  ::usleep(static_cast<useconds_t>(microseconds));
  ::kill(child, signal);
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == signal);
  ::close(began[0]);
  ::close(began[1]);
}

BOOST_AUTO_TEST_CASE(a_writer_that_is_ended_leaves_the_whole_file_and_nothing_beside_it) {
  for (int signal : {SIGTERM, SIGINT, SIGHUP})
    for (int wait = 0; wait < 10; ++wait) {
      const TempFolder folder;
      const std::string file = folder.path() + "/graph.dot";
      end_a_writer(file, signal, 137 * wait);
      BOOST_TEST(contents(file).size() == 1U << 20);
      BOOST_TEST(files_in(folder) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(what_a_killed_writer_leaves_the_next_one_removes) {
  for (int wait = 0; wait < 10; ++wait) {
    const TempFolder folder;
    const std::string file = folder.path() + "/graph.dot";
    end_a_writer(file, SIGKILL, 137 * wait);
    BOOST_TEST(contents(file).size() == 1U << 20);
    write_file(file, "text");
    BOOST_TEST(contents(file) == "text");
    BOOST_TEST(files_in(folder) == 1U);
  }
}

BOOST_AUTO_TEST_CASE(only_names_of_the_same_file_that_nobody_uses_are_removed) {
  const TempFolder folder;
  const std::string file = folder.path() + "/graph.dot";
  folder.write(".graph.dot.tapestry-aB3dE9", "left behind");
  const std::string used = folder.write(".graph.dot.tapestry-aB3dE8", "in use");
  folder.write(".graph.svg.tapestry-aB3dE9", "of another file");
  folder.write("graph.dot.tapestry-aB3dE9", "of the user");
  const int descriptor = ::open(used.c_str(), O_WRONLY);
  BOOST_TEST_REQUIRE(::flock(descriptor, LOCK_EX) == 0);
  write_file(file, "text");
  BOOST_TEST(!fs::exists(folder.path() + "/.graph.dot.tapestry-aB3dE9"));
  BOOST_TEST(files_in(folder) == 4U);
  ::close(descriptor);
}

BOOST_AUTO_TEST_CASE(a_name_as_long_as_names_may_be_is_written) {
  const TempFolder folder;
  const std::string file = folder.path() + "/" + std::string(255, 'n');
  for (const char* text : {"one", "two"}) {
    write_file(file, text);
    BOOST_TEST(contents(file) == text);
  }
  BOOST_TEST(files_in(folder) == 1U);
}

}  // namespace
}  // namespace tapestry::tools
