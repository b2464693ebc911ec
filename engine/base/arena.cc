#include "engine/base/arena.h"

#include <algorithm>

namespace tapestry::detail {

void Arena::open(std::size_t chunk) {
  current_ = chunk;
  next_ = chunks_[chunk].memory.get();
  end_ = next_ + chunks_[chunk].bytes;
}

void Arena::grow(std::size_t bytes) {
  constexpr std::size_t first_chunk = std::size_t{64} << 10, largest_chunk = std::size_t{4} << 20;
  for (std::size_t chunk = current_ + 1; chunk < chunks_.size(); ++chunk)
    if (chunks_[chunk].bytes >= bytes) return open(chunk);
  const std::size_t doubled =
      chunks_.empty() ? first_chunk : std::min(largest_chunk, 2 * chunks_.back().bytes);
  const std::size_t size = std::max(doubled, bytes);
  chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  open(chunks_.size() - 1);
}

void Arena::reset() {
  if (!chunks_.empty()) open(0);
}

void Arena::rewind(const Place& place) {
  reset();
  if (!place.next) return;  // nothing had been allocated
  open(place.chunk);
  next_ = place.next;
}

void Arena::release() {
  if (!chunks_.empty()) chunks_.resize(current_ + 1);
}

}  // namespace tapestry::detail
