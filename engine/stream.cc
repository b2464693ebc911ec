#include "engine/stream.h"

#include <sys/mman.h>

#include <algorithm>

#include "engine/error.h"

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

void refuse_growth(std::size_t elements) {
  refuse("tape", "a tape holds at most {} entries of a kind", elements);
}

}  // namespace tapestry::detail
