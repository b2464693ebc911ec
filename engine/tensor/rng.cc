#include "engine/tensor/rng.h"

namespace tapestry {
using namespace detail;

std::array<std::uint32_t, 4> detail::philox(std::array<std::uint32_t, 4> counter,
                                            std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t q = std::uint64_t{0xCD9E8D57} * counter[2];
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    counter = {high(q) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(q),
               high(p) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

std::array<std::uint64_t, 2> Rng::at(std::uint64_t position) const {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto words =
      philox({low(position), low(position >> 32), 0, 0}, {low(seed_), low(seed_ >> 32)});
  return {std::uint64_t{words[1]} << 32 | words[0], std::uint64_t{words[3]} << 32 | words[2]};
}

double Rng::next_uniform() { return unit_interval(next()); }

std::uint64_t Rng::next_below(std::uint64_t end) {
  const std::uint64_t unfair =
      (0 - end) % end;  // 2^64 mod end: words below it would favour small results
  std::uint64_t word = next();
  while (word < unfair) word = next();
  return word % end;
}

}  // namespace tapestry
