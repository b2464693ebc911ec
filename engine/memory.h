// The caching allocator behind every tensor. A freed block goes to a list of its size class on this
// thread and is handed out again, still warm: first touch of fresh pages runs ten times slower than
// memory in use. Blocks are aligned to 64 bytes; large ones lie on huge pages.
#pragma once

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
void release_cached_memory();  // returns this thread's cached blocks, and those that none holds, to
                               // the system

}  // namespace tapestry
