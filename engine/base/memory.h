// The caching allocator behind every tensor. A freed block goes to a list of its size class on this
// thread and is handed out again, still warm: first touch of fresh pages runs ten times slower than
// memory in use. Blocks are aligned to 64 bytes; large ones lie on huge pages.
#pragma once

#include <atomic>
#include <cstddef>

namespace tapestry {

struct MemoryStats {
  std::size_t live_bytes = 0;    // handed out and not yet returned, all threads
  std::size_t peak_bytes = 0;    // the largest live_bytes since start or reset_peak_memory()
  std::size_t cached_bytes = 0;  // kept by this thread for reuse
};

namespace detail {

void* allocate(std::size_t bytes);  // Error when the system has no more memory
void deallocate(void* block, std::size_t bytes) noexcept;  // bytes as given to allocate

}  // namespace detail

MemoryStats memory_stats();
void reset_peak_memory();
// Returns to the system what is kept for reuse: blocks of tensors that this thread or no thread
// holds, and the pages of this thread's tapes, with adjoints, on which nothing is recorded. Other
// threads return the pages of their dead tapes when they make the next tape, or end.
void release_cached_memory();

namespace detail {

// What a thread keeps beside blocks, and how it releases that. In force from keep_cache() on until
// drop_cache(), on its own thread.
struct CacheKeeper {
  void (*release)() noexcept;
  CacheKeeper* next = nullptr;
};
void keep_cache(CacheKeeper& keeper);
void drop_cache(CacheKeeper& keeper) noexcept;
// How often release_cached_memory() was called, by all threads.
extern std::atomic<std::size_t> release_count;

}  // namespace detail

}  // namespace tapestry
