// Numbers that do not fit into f32, and files that do not fit into memory.
#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <string>
#include <thread>

#include "engine/tensor/format.h"
#include "nn/data/bytes.h"
#include "tests/nn/csv_text.h"

namespace tapestry::nn {
using namespace detail;
namespace {

// ---- numbers ----

std::string times(std::int64_t start, std::int64_t step) {
  std::string text = "time,class\n";
  for (std::int64_t i = 0; i < 64; ++i) text += fmt::format("{},{}\n", start + i * step, i / 32);
  return text;
}

BOOST_AUTO_TEST_CASE(numbers_that_f32_cannot_tell_apart_are_refused) {
  BOOST_TEST(refused(times(1'700'000'000, 1)) ==
             "column 1 (time): numbers from 1700000000 to 1700000063 are rounded by up to 63 in "
             "f32; expected the option dtype (f64), from which standardized() makes f32");
  BOOST_TEST(refused(times(-1'700'000'000, 60)).starts_with("column 1 (time): numbers from"));
  BOOST_TEST(refused(times(std::int64_t{1} << 24, 1)).starts_with("column 1 (time): numbers from"));
  BOOST_TEST(read(times(std::int64_t{1} << 24, 2)).size() == 64);  // exact
}

BOOST_AUTO_TEST_CASE(numbers_in_f64_are_kept_as_they_are) {
  const Dataset set = read(times(1'700'000'000, 1), {.dtype = DType::f64});
  BOOST_TEST(set.inputs.dtype() == DType::f64);
  for (int i = 0; i < 64; ++i)
    BOOST_TEST(set.inputs.to_vector()[static_cast<std::size_t>(i)] == 1'700'000'000.0 + i);
}

BOOST_AUTO_TEST_CASE(what_f32_tells_apart_well_enough_is_read) {
  BOOST_TEST(read(times(1'700'000'000, 86'400)).size() == 64);
  BOOST_TEST(read("0.1,0\n0.30000000000000004,1\n").size() == 2);
  BOOST_TEST(read("0.30000000000000004,0\n0.3,1\n").size() == 2);  // rounding in the last digit
  BOOST_TEST(read("1700000001,0\n1700000001,1\n").size() == 2);    // a constant
}

BOOST_AUTO_TEST_CASE(numbers_too_small_are_0_and_too_large_are_refused) {
  BOOST_TEST(read("1e-400,0\n1,1\n").inputs.to_vector() == (Numbers{0, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(refused("1e39,0\n") == "line 1, column 1: \"1e39\"; expected a finite number");
  const CsvOptions wide{.dtype = DType::f64};
  BOOST_TEST(read("1e39,0\n", wide).inputs.item() == 1e39);
  BOOST_TEST(refused("1e400,0\n", wide) == "line 1, column 1: \"1e400\"; expected a finite number");
  BOOST_TEST(refused("1,0\n", {.dtype = DType::i64}) ==
             "the option dtype is i64; expected f32 or f64");
}

// ---- limits ----

// The test may grow by 256 MB, and by more where the address sanitizer keeps what was freed; what
// it reads has no end.
#ifdef __SANITIZE_ADDRESS__
constexpr long kMostGrowth = 1024 * 1024;
#else
constexpr long kMostGrowth = 256 * 1024;
#endif

class Growth {
 public:
  Growth() { getrusage(RUSAGE_SELF, &before_); }
  ~Growth() {
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    BOOST_TEST(after.ru_maxrss - before_.ru_maxrss < kMostGrowth);
  }
  Growth(const Growth&) = delete;
  Growth& operator=(const Growth&) = delete;

 private:
  rusage before_{};
};

std::string refused_file(const std::string& file, const CsvOptions& options = {}) {
  return refusal([&] { load_csv(file, options); });
}

// What load_csv says of a pipe into which the text is written again and again.
std::string refused_pipe(const std::string& text, const CsvOptions& options = {}) {
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  signal(SIGPIPE, SIG_IGN);
  std::thread writer([&] {
    while (write(ends[1], text.data(), text.size()) > 0) {
    }
    close(ends[1]);
  });
  const std::string file = fmt::format("/dev/fd/{}", ends[0]);
  std::string message = refused_file(file, options);
  close(ends[0]);
  writer.join();
  const std::string who = "[csv] " + file + ": ";
  BOOST_TEST(message.starts_with(who));
  return message.substr(std::min(who.size(), message.size()));
}

std::string repeated(const std::string& text, std::size_t size) {
  std::string result;
  while (result.size() < size) result += text;
  return result;
}

BOOST_AUTO_TEST_CASE(devices_without_end_are_refused) {
  const Growth growth;
  for (const std::string device : {"/dev/zero", "/dev/full"})
    BOOST_TEST(refused_file(device) ==
               "[csv] " + device + ": line 1 holds a byte of value 0; expected text");
  BOOST_TEST(refused_file("/dev/null") == "[csv] /dev/null: is empty; expected lines of numbers");
}

BOOST_AUTO_TEST_CASE(a_line_has_an_end) {
  const Growth growth;
  BOOST_TEST(refused_pipe(repeated("x", 1 << 16)) ==
             "line 1 goes on for more than 16777216 bytes; expected a line of numbers");
  BOOST_TEST(refused_pipe(repeated("\"\"", 1 << 16)) ==
             "line 1 goes on for more than 16777216 bytes; expected a line of numbers");
  BOOST_TEST(refused_pipe(repeated("1,", 1 << 16)) ==
             "line 1 has more than 1048576 fields; expected a line of numbers");
  const TempFolder folder;
  const std::string bomb = folder.write("bomb", gzipped(std::string(1 << 25, '1')));
  BOOST_TEST(refused_file(bomb) ==
             "[csv] " + bomb +
                 ": line 1 goes on for more than 16777216 bytes; expected a line of numbers");
}

BOOST_AUTO_TEST_CASE(lines_that_hold_nothing_have_an_end) {
  const Growth growth;
  for (const std::string line : {"\n", "# nothing\n", " \r\n"})
    BOOST_TEST(refused_pipe(repeated(line, 1 << 16)) ==
               "1048576 lines up to line 1048577 hold nothing; expected lines of numbers");
}

BOOST_AUTO_TEST_CASE(a_table_has_an_end) {
  const Growth growth;
  BOOST_TEST(refused_pipe("1,0\n2,1\n", {.limit = 1000}) ==
             "holds more than 1000 numbers at line 501; expected no more, or the option limit");
  BOOST_TEST(
      refused_pipe("?,0\n",
                   {.header = CsvHeader::absent, .missing = CsvMissing::drop, .limit = 1000}) ==
      "holds more than 1000 numbers at line 501; expected no more, or the option limit");
  BOOST_TEST(refused("1,0\n", {.limit = 0}) == "the option limit is 0; expected at least 1");
  BOOST_TEST(read("1,0\n2,1\n", {.limit = 4}).size() == 2);
}

BOOST_AUTO_TEST_CASE(labels_have_an_end) {
  std::string text;
  for (int i = 0; i <= 1 << 20; ++i) text += fmt::format("1,{}\n", i);
  BOOST_TEST(refused(text) ==
             "line 1048577, column 2: there are more than 1048576 different labels; expected "
             "classes");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_on_is_named) {
  BOOST_TEST(refused_file("/proc/self/mem") ==
             "[csv] /proc/self/mem: cannot be read after 0 bytes (Input/output error); expected a "
             "file that can be read to its end");
}

BOOST_AUTO_TEST_CASE(a_record_may_cross_any_number_of_blocks) {
  std::string wide, rows;
  for (int i = 0; i < 100'000; ++i) wide += fmt::format("{},", i);
  for (int row = 0; row < 5; ++row) rows += wide + "\"" + std::to_string(row) + "\"\n";
  const Dataset set = read(rows);
  BOOST_TEST(set.inputs.shape() == Shape({5, 100'000}));
  const Numbers numbers = set.inputs.to_vector();
  bool equal = true;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    equal &= numbers[i] == static_cast<double>(i % 100'000);
  BOOST_TEST(equal);
  BOOST_TEST(set.labels.to_vector() == (Numbers{0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

}  // namespace
}  // namespace tapestry::nn
