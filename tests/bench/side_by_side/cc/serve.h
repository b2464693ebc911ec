// A program of the comparison is a process that prepares and times rows as the driver asks. Each
// question is a line, and so is its answer:
//
//   open ROW          opened SECONDS [COUNT RMS SHADOW]...
//       prepares the row: about how long a call takes, and the digests of what the first one gave
//   time REPETITIONS  timed SECONDS
//       the median of so many calls
//   memory FIRST ROW  peak BYTES
//       the peak of three calls of ROW above what is held after a call of row FIRST
//
// or "absent" for a row that it does not have, or "failed MESSAGE".
#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/side_by_side/cc/inputs.h"

namespace side_by_side {

// A row whose data are in memory: the call that is timed, and the results of the latest call.
struct Prepared {
  std::function<void()> call;
  std::function<std::vector<Digest>()> results;
};
using Rows = std::map<std::string, std::function<Prepared()>>;

inline double seconds_of(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median_seconds(const std::function<void()>& call, int repetitions) {
  if (repetitions > 1) call();  // others have used the caches since
  std::vector<double> samples(static_cast<std::size_t>(repetitions));
  for (double& sample : samples) sample = seconds_of(call);
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

// A line of /proc/self/status, VmRSS or VmHWM, in bytes.
inline double status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == name + ":") {
      double kib = 0;
      status >> kib;
      return kib * 1024;
    }
  return 0;
}

class Server {
 public:
  explicit Server(const Rows& rows) : rows_(rows) {}

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::ostringstream out;
    out.precision(9);
    std::string command, row;
    words >> command;
    if (command == "open") {
      words >> row;
      if (!rows_.count(row)) return "absent";
      prepare(row);
      std::ostringstream digests;
      digests.precision(9);
      for (const Digest& d : open_.results())
        digests << ' ' << d.count << ' ' << d.rms << ' ' << d.shadow;
      open_.call();
      double seconds = seconds_of(open_.call);
      for (int i = 0; i < 4 && seconds < 0.02; ++i)
        seconds = std::min(seconds, seconds_of(open_.call));
      out << "opened " << seconds << digests.str();
    } else if (command == "time") {
      int repetitions = 0;
      words >> repetitions;
      if (!open_.call || repetitions < 1) return "failed nothing to time";
      out << "timed " << median_seconds(open_.call, repetitions);
    } else if (command == "memory") {
      std::string first;
      words >> first >> row;
      if (!rows_.count(first) || !rows_.count(row)) return "absent";
      prepare(first);
      open_ = {};
      const double before = status_bytes("VmRSS");
      prepare(row);
      std::ofstream("/proc/self/clear_refs") << 5;  // the peak is counted from here
      for (int i = 0; i < 3; ++i) open_.call();
      out << "peak " << std::max(0.0, status_bytes("VmHWM") - before);
    } else {
      return "failed unknown command";
    }
    return out.str();
  }

 private:
  void prepare(const std::string& row) {
    open_ = {};  // first, so that two rows are never in memory together
    open_ = rows_.at(row)();
    open_.call();
  }

  const Rows& rows_;
  Prepared open_;
};

inline int serve(const Rows& rows) {
  Server server(rows);
  for (std::string line; std::getline(std::cin, line);) {
    std::string answer;
    try {
      answer = server.answer(line);
    } catch (const std::exception& error) {
      answer = std::string("failed ") + error.what();
      std::replace(answer.begin(), answer.end(), '\n', ' ');
    }
    std::cout << answer << std::endl;
  }
  return 0;
}

}  // namespace side_by_side
