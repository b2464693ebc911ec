#include "tools/output_file.h"

#include <sys/stat.h>

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

}  // namespace
}  // namespace tapestry::tools
