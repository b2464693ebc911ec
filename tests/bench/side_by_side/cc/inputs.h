// The inputs of all programs of the comparison, and what is compared of their results. The numbers
// come from a formula of their position, the same in peers/inputs.py.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace side_by_side {

// A random-looking multiple of 2^-23 in [-1, 1), which f32 holds exactly.
inline double number(std::uint64_t seed, std::uint64_t position) {
  std::uint64_t h = (position + 1) * (0xA3B1956F2C7D4E61 + 2 * seed);
  h ^= h >> 31;
  h *= 0x9B5E37D1C4A8F26D;
  h ^= h >> 29;
  return static_cast<double>(h >> 40) / 8388608.0 - 1.0;
}

// number() times scale, plus shift.
template <class T = float>
std::vector<T> numbers(std::uint64_t seed, std::int64_t count, double scale = 1, double shift = 0) {
  std::vector<T> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<T>(number(seed, i) * scale + shift);
  return result;
}

// Integers in [0, below).
inline std::vector<std::int64_t> indices(std::uint64_t seed, std::int64_t count,
                                         std::int64_t below) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<std::int64_t>((number(seed, i) + 1) / 2 * static_cast<double>(below));
  return result;
}

// A result in three numbers: its size, its root mean square, and its product with a fixed
// random-looking vector, over the square root of the size. Errors of the elements, relative to the
// root mean square, move the last two by about as much.
struct Digest {
  std::int64_t count = 0;
  double rms = 0, shadow = 0;
};

// Of n numbers, number i being at(i).
template <class At>
Digest digest_of(std::int64_t n, At&& at) {
  double squares = 0, shadow = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double x = at(i);
    squares += x * x;
    shadow += x * number(0, static_cast<std::uint64_t>(i));
  }
  const double root = std::sqrt(static_cast<double>(n));
  return {n, std::sqrt(squares) / root, shadow / root};
}

}  // namespace side_by_side
