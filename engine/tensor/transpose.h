// Transposing small blocks of numbers of 4 or 8 bytes, by squares in registers.
#pragma once

#include <cstdint>
#include <cstring>

namespace tapestry::detail {

// Four numbers of 4 bytes, or two of 8.
template <class T>
using Quad [[gnu::vector_size(16)]] = T;

// Transposes a square of numbers in registers: `from` and `to` are lines of 16 bytes, with steps in
// elements between them.
template <class T>
[[gnu::always_inline]] inline void transpose_square(const T* from, std::int64_t from_step, T* to,
                                                    std::int64_t to_step) {
  const auto load = [&](int i) {
    Quad<T> v;
    std::memcpy(&v, from + i * from_step, sizeof v);
    return v;
  };
  const auto store = [&](int i, Quad<T> v) { std::memcpy(to + i * to_step, &v, sizeof v); };
  if constexpr (sizeof(T) == 4) {
    using Mask [[gnu::vector_size(16)]] = std::int32_t;
    const Quad<T> a = load(0), b = load(1), c = load(2), d = load(3);
    const Quad<T> ab = __builtin_shuffle(a, b, Mask{0, 4, 1, 5}),
                  cd = __builtin_shuffle(c, d, Mask{0, 4, 1, 5}),
                  ab_high = __builtin_shuffle(a, b, Mask{2, 6, 3, 7}),
                  cd_high = __builtin_shuffle(c, d, Mask{2, 6, 3, 7});
    store(0, __builtin_shuffle(ab, cd, Mask{0, 1, 4, 5}));
    store(1, __builtin_shuffle(ab, cd, Mask{2, 3, 6, 7}));
    store(2, __builtin_shuffle(ab_high, cd_high, Mask{0, 1, 4, 5}));
    store(3, __builtin_shuffle(ab_high, cd_high, Mask{2, 3, 6, 7}));
  } else {
    using Mask [[gnu::vector_size(16)]] = std::int64_t;
    const Quad<T> a = load(0), b = load(1);
    store(0, __builtin_shuffle(a, b, Mask{0, 2}));
    store(1, __builtin_shuffle(a, b, Mask{1, 3}));
  }
}

// Gathers a block of `height` rows and `width` columns: element (r, i), which lies r + i * along after
// `from`, to r * step + i after `to`.
template <class T>
void gather_transposed(const T* from, std::int64_t along, std::int64_t height, std::int64_t width,
                       T* to, std::int64_t step) {
  constexpr std::int64_t side = 16 / sizeof(T);
  const std::int64_t high = height / side * side, wide = width / side * side;
  for (std::int64_t i = 0; i < wide; i += side)
    for (std::int64_t r = 0; r < high; r += side)
      transpose_square(from + i * along + r, along, to + r * step + i, step);
  for (std::int64_t r = 0; r < height; ++r)
    for (std::int64_t i = r < high ? wide : 0; i < width; ++i) to[r * step + i] = from[r + i * along];
}

}  // namespace tapestry::detail
