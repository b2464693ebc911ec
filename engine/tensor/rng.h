// Counter-based random numbers: Philox 4x32-10 (Salmon et al., Parallel random numbers: as easy as
// 1, 2, 3, SC 2011). A number is a function of (seed, position) alone, so streams can be read from
// any place by any thread.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/context.h"

namespace tapestry {

namespace detail {

// The block at `counter` for `key`: four independent 32-bit words.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// Called while draws of this thread are noted or repeated, see engine/tensor/draws.h.
std::uint64_t claim_watched(std::uint64_t seed, std::uint64_t& position, std::uint64_t count);
}  // namespace detail

class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0) : seed_(seed) {}

  std::uint64_t seed() const { return seed_; }
  std::uint64_t position() const { return position_; }

  // Claims the next `count` positions and returns the first of them. Where a computation is carried
  // out again, as in a checkpoint, they are those of the first time, and the generator stays.
  std::uint64_t claim(std::uint64_t count) {
    if (detail::context.draw_watch) return detail::claim_watched(seed_, position_, count);
    const std::uint64_t first = position_;
    position_ += count;
    return first;
  }
  // The words at a position: 64 bits twice.
  std::array<std::uint64_t, 2> at(std::uint64_t position) const;

  std::uint64_t next() { return at(claim(1))[0]; }
  double next_uniform();                        // in [0, 1), 53 bits
  std::uint64_t next_below(std::uint64_t end);  // in [0, end), unbiased

 private:
  std::uint64_t seed_;
  std::uint64_t position_ = 0;
};

namespace detail {
// 53 bits of a word as a double in [0, 1).
constexpr double unit_interval(std::uint64_t word) {
  return static_cast<double>(word >> 11) * 0x1p-53;
}
}  // namespace detail

}  // namespace tapestry
