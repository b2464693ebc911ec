// Asks memory for numbers before their turn, where the processor cannot guess which come next.
#pragma once

#include <cstdint>

namespace tapestry::detail {

// numbers[first] and `count` of them in all. By addresses: they may lie behind the end of what
// `numbers` points into. Inlined, since GCC drops a call of a function that does nothing else.
template <class T>
[[gnu::always_inline]] inline void prefetch(const T* numbers, std::int64_t first,
                                            std::int64_t count) {
  constexpr std::uintptr_t line = 64;
  const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(numbers) +
                               static_cast<std::uintptr_t>(first) * sizeof(T),
                       end = start + static_cast<std::uintptr_t>(count) * sizeof(T);
  for (std::uintptr_t at = start / line * line; at < end; at += line)
    __builtin_prefetch(reinterpret_cast<const void*>(at));
}

}  // namespace tapestry::detail
