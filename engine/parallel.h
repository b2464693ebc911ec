// Shares a loop among OpenMP's threads when there is enough work; each index is handled by exactly
// one of them, so results cannot depend on their number.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <exception>

namespace tapestry::detail {

// Elements that pay for waking a thread: some 50 us of work. Less would gain little on an idle
// machine, and on a busy one a thread that has to be waited for costs milliseconds. Tests lower it,
// to see threads at work on small data.
inline std::int64_t parallel_grain = std::int64_t{1} << 18;

// Calls f(first, last) on stretches of [0, count); `work` is the elements touched by one index.
template <class F>
void parallel_for(std::int64_t count, std::int64_t work, F&& f) {
  const std::int64_t useful = count * work / parallel_grain;
  if (useful < 2 || count < 2 || omp_in_parallel() || omp_get_max_threads() == 1) {
    if (count > 0) f(std::int64_t{0}, count);
    return;
  }
  const int threads =
      static_cast<int>(std::min<std::int64_t>({omp_get_max_threads(), count, useful}));
  std::exception_ptr thrown;
#pragma omp parallel num_threads(threads)
  {
    const std::int64_t n = omp_get_num_threads(), me = omp_get_thread_num();
    try {
      f(count * me / n, count * (me + 1) / n);
    } catch (...) {
#pragma omp critical(tapestry_parallel_for)
      thrown = std::current_exception();
    }
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace tapestry::detail
