#include "engine/base/stream.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "engine/base/error.h"

namespace tapestry::detail {

void* reserve_address_space(std::size_t wanted, std::size_t& granted) {
  constexpr std::size_t least = std::size_t{1} << 20;
  for (granted = std::max(wanted, least); granted >= least; granted /= 2) {
    void* start = mmap(nullptr, granted, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start != MAP_FAILED) return start;
  }
  refuse("tape", "the system grants no address space for a tape (see ulimit -v)");
}

void release_address_space(void* start, std::size_t bytes) noexcept { munmap(start, bytes); }

void release_pages(void* start, void* end) noexcept {
  static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto at = [](void* p) { return reinterpret_cast<std::uintptr_t>(p); };
  const std::uintptr_t first = (at(start) + page - 1) / page * page, last = at(end) / page * page;
  if (first < last)
    madvise(static_cast<std::byte*>(start) + (first - at(start)), last - first, MADV_DONTNEED);
}

void refuse_growth(std::size_t elements) {
  refuse("tape", "a tape holds at most {} entries of a kind", elements);
}

}  // namespace tapestry::detail
