#include "engine/base/memory.h"

#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#include "engine/base/error.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr int kFineClasses = 16;  // multiples of 64 up to 1024, then four classes for each doubling
constexpr int kClasses = kFineClasses + 4 * 38;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kCaching = false;  // let the sanitizer see every use after free
#else
constexpr bool kCaching = true;
#endif

struct SizeClass {
  int index;
  std::size_t bytes;
};

SizeClass size_class(std::size_t bytes) {
  if (bytes <= 1024) {
    const std::size_t units = bytes ? (bytes + 63) / 64 : 1;
    return {static_cast<int>(units) - 1, units * 64};
  }
  const int exponent =
      static_cast<int>(std::bit_width(bytes - 1)) - 1;  // 2^exponent < bytes <= 2^(exponent + 1)
  const std::size_t quarter = std::size_t{1} << (exponent - 2);
  const std::size_t steps = (bytes - (std::size_t{1} << exponent) + quarter - 1) / quarter;
  return {kFineClasses + 4 * (exponent - 10) + static_cast<int>(steps) - 1,
          (std::size_t{1} << exponent) + steps * quarter};
}

struct FreeBlock {
  FreeBlock* next;
};

// Zero-initialised and never destroyed, so that the fast path needs no guard; `Janitor` empties it.
struct Cache {
  FreeBlock* lists[kClasses];
  std::size_t bytes;
  std::int64_t live;  // not yet added to the shared count
  bool opened, closed;
};
constinit thread_local Cache cache{};

// What threads hold beyond their share lies here for all of them: a block that one thread frees,
// another may need.
constexpr std::size_t kShare = std::size_t{64} << 20;
struct Depot {
  std::mutex mutex;
  FreeBlock* lists[kClasses] = {};
};
Depot& depot() {
  static Depot* const shared = [] {
    auto* const made = new Depot;  // outlives every thread
    // A child process has one thread, which must find it unlocked.
    pthread_atfork([] { depot().mutex.lock(); }, [] { depot().mutex.unlock(); },
                   [] { depot().mutex.unlock(); });
    return made;
  }();
  return *shared;
}

void release_blocks();

void* from_depot(int index) {
  Depot& shared = depot();
  const std::lock_guard lock(shared.mutex);
  FreeBlock* block = shared.lists[index];
  if (block) shared.lists[index] = block->next;
  return block;
}

void to_depot(void* block, int index) noexcept {
  Depot& shared = depot();
  const std::lock_guard lock(shared.mutex);
  shared.lists[index] = new (block) FreeBlock{shared.lists[index]};
}

std::atomic<std::int64_t> live_bytes{0};
std::atomic<std::int64_t> peak_bytes{0};
constexpr std::int64_t kFlush = 1 << 16;

void flush_live() {
  const std::int64_t now = live_bytes.fetch_add(cache.live, std::memory_order_relaxed) + cache.live;
  cache.live = 0;
  std::int64_t peak = peak_bytes.load(std::memory_order_relaxed);
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

void count(std::int64_t bytes) {
  cache.live += bytes;
  if (cache.live > kFlush || cache.live < -kFlush) flush_live();
}

struct Janitor {
  Janitor() { cache.opened = true; }
  ~Janitor() {
    release_blocks();
    flush_live();
    cache.closed = true;
  }
  void touch() {}  // the first touch on a thread registers the destructor
};
thread_local Janitor janitor;

void* from_system(std::size_t bytes) {
  if (!cache.opened) janitor.touch();
  const bool huge = bytes >= kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* block = std::aligned_alloc(alignment, rounded);
  if (!block) {
    release_blocks();
    block = std::aligned_alloc(alignment, rounded);
  }
  if (!block) refuse("memory", "the system has no {} bytes left for a tensor", bytes);
  if (huge) madvise(block, rounded, MADV_HUGEPAGE);
  return block;
}

}  // namespace

void* detail::allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 46))
    refuse("memory", "a tensor of {} bytes is more than any machine has", bytes);
  const SizeClass size = size_class(bytes);
  void* result;
  if (FreeBlock* block = cache.lists[size.index]) {
    cache.lists[size.index] = block->next;
    cache.bytes -= size.bytes;
    result = block;
  } else {
    result = from_depot(size.index);
    if (!result) result = from_system(size.bytes);
  }
  count(static_cast<std::int64_t>(size.bytes));
  return result;
}

void detail::deallocate(void* block, std::size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  count(-static_cast<std::int64_t>(size.bytes));
  if (!kCaching || cache.closed) {
    std::free(block);
    return;
  }
  if (!cache.opened) janitor.touch();
  if (cache.bytes + size.bytes > kShare) return to_depot(block, size.index);
  cache.lists[size.index] = new (block) FreeBlock{cache.lists[size.index]};
  cache.bytes += size.bytes;
}

MemoryStats memory_stats() {
  flush_live();
  return {static_cast<std::size_t>(live_bytes.load()), static_cast<std::size_t>(peak_bytes.load()),
          cache.bytes};
}

void reset_peak_memory() {
  flush_live();
  peak_bytes = live_bytes.load();
}

std::atomic<std::size_t> detail::release_count{0};

namespace {
constinit thread_local detail::CacheKeeper* keepers = nullptr;
}  // namespace

void detail::keep_cache(CacheKeeper& keeper) { keeper.next = std::exchange(keepers, &keeper); }

void detail::drop_cache(CacheKeeper& keeper) noexcept {
  CacheKeeper** link = &keepers;
  while (*link && *link != &keeper) link = &(*link)->next;
  if (*link) *link = keeper.next;
}

namespace {

void release_blocks() {
  for (FreeBlock*& list : cache.lists)
    while (list) std::free(std::exchange(list, list->next));
  cache.bytes = 0;
  Depot& shared = depot();
  const std::lock_guard lock(shared.mutex);
  for (FreeBlock*& list : shared.lists)
    while (list) std::free(std::exchange(list, list->next));
}

}  // namespace

void release_cached_memory() {
  detail::release_count.fetch_add(1, std::memory_order_relaxed);
  for (const detail::CacheKeeper* keeper = keepers; keeper; keeper = keeper->next)
    keeper->release();
  release_blocks();
}

}  // namespace tapestry
