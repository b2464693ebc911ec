// Processor time of this thread, which other programs on the machine leave alone, and medians.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace tapestry::bench {

inline double seconds_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Seconds a call of f, over `calls` of them.
template <class F>
double seconds_of(F&& f, int calls) {
  const double start = seconds_of_thread();
  for (int i = 0; i < calls; ++i) f();
  return (seconds_of_thread() - start) / calls;
}

// How many calls of f take 4 ms, long against the clock's own cost. Warms f up.
template <class F>
int calls_worth_timing(F&& f) {
  for (int calls = 1;; calls *= 2)
    if (seconds_of(f, calls) * calls > 4e-3) return calls;
}

inline double median(std::vector<double> samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

}  // namespace tapestry::bench
