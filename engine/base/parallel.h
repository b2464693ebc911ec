// Shares a loop among threads when there is enough work; each index is handled by exactly one of
// them, so results cannot depend on their number.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "engine/base/context.h"
#include "engine/base/thread_pool.h"
#include "engine/base/threads.h"

namespace tapestry::detail {

// Elements that pay for waking a thread, of a copy: some 10 us of work. A piece that no thread has
// begun is taken by the one that asked, so a busy machine costs no more. Tests lower it, to see
// threads at work on small data.
inline std::int64_t parallel_grain = std::int64_t{1} << 16;

// How many threads a loop that starts here is shared by, at most.
inline int threads_for_a_loop() {
  return context.in_piece || omp_in_parallel() ? 1 : threads();
}

// Calls f(first, last) on stretches of [0, count); `work` is the elements touched by one index.
template <class F>
void parallel_for(std::int64_t count, std::int64_t work, F&& f) {
  std::int64_t all = 0;
  const std::int64_t useful =
      (__builtin_mul_overflow(count, work, &all) ? INT64_MAX : all) / parallel_grain;
  if (useful < 2 || count < 2 || threads_for_a_loop() == 1) {
    if (count > 0) f(std::int64_t{0}, count);
    return;
  }
  const int few = static_cast<int>(std::min<std::int64_t>({threads(), count, useful}));
  detail::share(
      few, count,
      [](void* loop, std::int64_t first, std::int64_t last) {
        (*static_cast<std::remove_reference_t<F>*>(loop))(first, last);
      },
      const_cast<void*>(static_cast<const void*>(&f)));
}

}  // namespace tapestry::detail
