// A tape of very many statements, in one recording: a product of `count` factors.
//
//   statements, and how long recording and the reverse sweep take for each, ns
//   bytes     what the resident memory grew by for each: as predicted by two leaves of 4 bytes and
//   a
//             value of 8, and after the sweep, whose adjoint takes 8 more
//   error     of the gradient, relative to its closed form
//   reuse     what a million recordings grow it by afterwards, in all
//
//   OMP_NUM_THREADS=1 long_tape_bench [count, 100000000 unless given]
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "ops/ops.h"
#include "tests/bench/growth.h"
#include "tests/bench/stopwatch.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::bench;

int main(int argc, char** argv) {
  const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 100'000'000;
  if (count < 1 || count > 4'000'000'000) {
    fmt::print(stderr, "long_tape_bench: the count is between 1 and 4000000000\n");
    return 2;
  }
  const auto n = static_cast<double>(count);
  const double factor = 1 + 1 / n;
  Tape tape;
  const Scalar x = tape.variable(factor);
  const std::int64_t empty = anonymous_bytes();
  const double start = seconds_of_thread();
  Scalar y = x;
  for (std::int64_t i = 0; i < count; ++i) y = y * x;
  const double recorded = seconds_of_thread();
  const std::int64_t full = anonymous_bytes();
  const double slope = gradient(y, x);
  const double swept = seconds_of_thread();
  const std::int64_t most = anonymous_bytes();
  const double expected = (n + 1) * std::exp(n * std::log1p(1 / n));
  for (int i = 0; i < 1'000'000; ++i) {
    tape.clear();
    const Scalar z = tape.variable(1.0);
    const Scalar square = z * z;
    (void)square;
  }
  fmt::print("{:>12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "statements", "record", "sweep",
             "bytes", "and sweep", "error", "reuse");
  fmt::print("{:>12} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.1e} {:>9}\n", count,
             1e9 * (recorded - start) / n, 1e9 * (swept - recorded) / n,
             static_cast<double>(full - empty) / n, static_cast<double>(most - empty) / n,
             std::abs(slope / expected - 1), anonymous_bytes() - most);
}
