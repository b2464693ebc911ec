// The price of values and gradients at other inputs, for each input and beside the kernel over
// plain doubles (processor time of all threads, medians):
//
//   primal   the kernel over double, us
//   record   record + gradient, over primal
//   replay   replay + gradient, over primal
//   batch    replay_value_and_grad of a batch, over primal; wall is by the clock on the wall
//   lanes    record + gradient of BasicScalar<Lanes>, eight inputs at once, over primal
//
//   OMP_NUM_THREADS=1 replay_bench [kernel ...] [-r repetitions]
#include <fmt/format.h>

#include <chrono>

#include "tests/bench/kernels/catalogue.h"
#include "tests/bench/scalar_recorder.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/table_options.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::bench;

namespace {

constexpr std::int64_t kBatch = 64;

// Seconds a call by the processor time of the process, and by the clock.
template <class F>
std::pair<double, double> seconds_of_process(F&& f, int calls) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double start = now();
  const auto wall = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) f();
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - wall;
  return {(now() - start) / calls, waited.count() / calls};
}

template <class Kernel>
void print_row(const Kernel& kernel, int repetitions) {
  const std::vector<double> point = kernel.point();
  volatile double sink = 0;
  const auto primal = [&] {
    asm volatile("" : : "r"(point.data()) : "memory");  // the inputs may have changed
    sink = kernel(point);
  };
  const auto record = [&] {
    ScalarRecorder recorder(point);
    recorder.record(kernel);
    sink = recorder.gradient()[0];
  };
  Tape tape;
  std::vector<Scalar> xs;
  for (double x : point) xs.push_back(tape.variable(x));
  Scalar y = kernel(xs);
  const auto again = [&] {
    replay(y, xs, point);
    sink = gradient(y, xs)[0];
  };
  std::vector<double> rows;
  for (std::int64_t i = 0; i < kBatch; ++i) rows.insert(rows.end(), point.begin(), point.end());
  const Tensor points = from_vector(rows, {kBatch, static_cast<std::int64_t>(point.size())});
  const auto batch = [&] { sink = *replay_value_and_grad(y, xs, points).values.data<double>(); };

  BasicTape<Lanes> lanes_tape;
  const auto lanes = [&] {
    lanes_tape.clear();
    std::vector<BasicScalar<Lanes>> inputs;
    for (double x : point) inputs.push_back(lanes_tape.variable(x));
    sink = gradient(kernel(inputs), inputs)[0][0];
  };

  std::vector<double> primals, records, replays, batches, walls, eights;
  const int calls = calls_worth_timing(primal), record_calls = calls_worth_timing(record),
            replay_calls = calls_worth_timing(again), batch_calls = calls_worth_timing(batch),
            lanes_calls = calls_worth_timing(lanes);
  for (int i = 0; i < repetitions; ++i) {
    const double plain = seconds_of(primal, calls);
    primals.push_back(plain);
    records.push_back(seconds_of(record, record_calls) / plain);
    replays.push_back(seconds_of(again, replay_calls) / plain);
    const auto [processor, wall] = seconds_of_process(batch, batch_calls);
    batches.push_back(processor / kBatch / plain);
    walls.push_back(wall / kBatch / plain);
    eights.push_back(seconds_of(lanes, lanes_calls) / kLanes / plain);
  }
  fmt::print("{:22} {:9.1f} {:8.2f} {:8.2f} {:8.2f} {:8.2f} {:8.2f}\n", kernel.name(),
             1e6 * median(primals), median(records), median(replays), median(batches),
             median(walls), median(eights));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const TableOptions options = table_options(argc, argv);
  fmt::print("{:22} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "kernel", "primal", "record", "replay",
             "batch", "wall", "lanes");
  for_each_kernel([&](const auto& kernel) {
    if (options.wants(kernel.name())) print_row(kernel, options.repetitions);
  });
}
