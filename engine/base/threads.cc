#include "engine/base/threads.h"

#include <omp.h>

#include <atomic>

#include "engine/base/error.h"

namespace tapestry {
namespace {

std::atomic<int> limit{0};  // 0 when nothing was set

}  // namespace

void set_threads(int n, detail::Site site) {
  const detail::CallSite call(site);
  if (n < 1) detail::refuse("set_threads", "{} threads are asked for; at least one computes", n);
  limit.store(n, std::memory_order_relaxed);
}

int threads() {
  const int set = limit.load(std::memory_order_relaxed);
  return set > 0 ? set : omp_get_max_threads();
}

}  // namespace tapestry
