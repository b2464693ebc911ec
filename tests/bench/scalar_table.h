// Times the kernels with plain doubles and with recorders, one row a kernel and recorder.
//
// A recorder is made of the inputs, then record(kernel), gradient() and statements(). Columns,
// medians of repetitions that take turns:
//
//   primal    the kernel over double, us
//   1 by 1    the same without vector instructions, see one_by_one.h, us
//   record    variables made, kernel recorded, recording dropped, us
//   total     the same with a gradient, us
//   sweep     total - record, repetition by repetition, us
//   ratio     total / primal, repetition by repetition
//   to 1by1   total / 1 by 1, likewise
//   ns/op     total for each elementary operation of the kernel
//   ops/stmt  elementary operations in a statement of the recording
//   B/stmt    memory that the first recording takes, for each statement; - when too little to see
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/growth.h"
#include "tests/bench/kernels/catalogue.h"
#include "tests/bench/kernels/probe.h"
#include "tests/bench/one_by_one.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/table_options.h"

namespace tapestry::bench {
using namespace detail;

template <class Kernel>
std::int64_t operations(const Kernel& kernel) {
  const std::vector<double> point = kernel.point();
  const std::vector<Probe<double>> x(point.begin(), point.end());
  const std::int64_t before = Probe<double>::operations;
  kernel(x);
  return Probe<double>::operations - before;
}

struct Row {
  std::string_view recorder;
  std::int64_t bytes = 0;
  std::size_t statements = 0;
  std::vector<double> record{}, sweep{}, total{}, ratio{}, to_one_by_one{};
  int record_calls = 0, total_calls = 0;
};

// Before anything is timed, while no pages are warm.
template <class Recorder, class Kernel>
Row memory_row(const Kernel& kernel) {
  Row row{.recorder = Recorder::name};
  const std::vector<double> point = kernel.point();
  row.bytes = resident_growth([&] { return std::make_unique<Recorder>(point); },
                              [&](auto& recorder) { recorder->record(kernel); });
  return row;
}

template <class Recorder, class Kernel>
class Timing {
 public:
  Timing(const Kernel& kernel, const std::vector<double>& point) : kernel_(kernel), point_(point) {}

  void record() const { Recorder(point_).record(kernel_); }
  std::vector<double> gradient() const {
    Recorder recorder(point_);
    recorder.record(kernel_);
    return recorder.gradient();
  }
  // Counts statements and the calls of a sample; the gradient itself, for comparison.
  std::vector<double> prepare(Row& row) const {
    row.record_calls = calls_worth_timing([&] { record(); });
    row.total_calls = calls_worth_timing([&] { gradient(); });
    Recorder recorder(point_);
    recorder.record(kernel_);
    row.statements = recorder.statements();
    return recorder.gradient();
  }
  void sample(Row& row, double primal, double single) const {
    const double recorded = seconds_of([&] { record(); }, row.record_calls);
    const double total = seconds_of([&] { gradient(); }, row.total_calls);
    row.record.push_back(recorded);
    row.total.push_back(total);
    row.sweep.push_back(total - recorded);
    row.ratio.push_back(total / primal);
    row.to_one_by_one.push_back(total / single);
  }

 private:
  const Kernel& kernel_;
  const std::vector<double>& point_;
};

// max |a - b| / max |a|
inline double disagreement(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(a[i]));
  }
  return largest / scale;
}

template <class... Recorders, class Kernel>
void print_rows(const Kernel& kernel, std::vector<Row>& rows, int repetitions) {
  const std::vector<double> point = kernel.point();
  const double count = static_cast<double>(operations(kernel));
  std::vector<std::vector<double>> gradients;
  std::size_t next = 0;
  (gradients.push_back(Timing<Recorders, Kernel>(kernel, point).prepare(rows[next++])), ...);

  volatile double sink = 0;
  const auto primal = [&] {
    asm volatile("" : : "r"(point.data()) : "memory");  // the inputs may have changed
    sink = kernel(point);
  };
  const int primal_calls = calls_worth_timing(primal);
  const auto one = one_by_one(kernel.name());
  const int one_calls = calls_worth_timing(one);
  std::vector<double> primals, singles;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    primals.push_back(seconds_of(primal, primal_calls));
    singles.push_back(seconds_of(one, one_calls));
    next = 0;
    (Timing<Recorders, Kernel>(kernel, point).sample(rows[next++], primals.back(), singles.back()),
     ...);
  }

  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const double statements = static_cast<double>(row.statements);
    const bool visible = row.bytes >= 1 << 17;
    fmt::print(
        "{:22} {:9} {:7} {:9} {:9.1f} {:9.1f} {:9.1f} {:9.1f} {:9.1f} {:7.2f} {:7.2f} {:7.2f} "
        "{:8.2f} {:>7}{}\n",
        i == 0 ? kernel.name() : "", row.recorder, point.size(), count, 1e6 * median(primals),
        1e6 * median(singles), 1e6 * median(row.record), 1e6 * median(row.sweep),
        1e6 * median(row.total), median(row.ratio), median(row.to_one_by_one),
        1e9 * median(row.total) / count, count / statements,
        visible ? fmt::format("{:.1f}", static_cast<double>(row.bytes) / statements) : "-",
        disagreement(gradients[0], gradients[i]) < 1e-9 ? "" : "  OTHER GRADIENT");
  }
  std::fflush(stdout);
}

template <class... Recorders>
void print_table(const TableOptions& options) {
  std::map<std::string, std::vector<Row>> rows;
  for_each_kernel([&](const auto& kernel) {
    if (options.wants(kernel.name())) rows[kernel.name()] = {memory_row<Recorders>(kernel)...};
  });
  fmt::print("{:22} {:9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>7} {:>8} {:>7}\n",
             "kernel", "", "inputs", "ops", "primal", "1 by 1", "record", "sweep", "total", "ratio",
             "to 1by1", "ns/op", "ops/stmt", "B/stmt");
  for_each_kernel([&](const auto& kernel) {
    if (options.wants(kernel.name()))
      print_rows<Recorders...>(kernel, rows[kernel.name()], options.repetitions);
  });
}

}  // namespace tapestry::bench
