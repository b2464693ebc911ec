// Writing results that are too large for the caches. An ordinary store reads its line of memory
// first; a streaming store does not. Kernels make such results stretch by stretch in a small buffer
// and move them from there.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "engine/base/prefetch.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tapestry::detail {

// Results of more bytes are streamed: their next reader would not find them in a cache.
inline constexpr std::int64_t kStreamedBytes = std::int64_t{1} << 24;

// Copies runs of numbers to a result of so many bytes. Its end makes them visible to other threads.
class ResultWriter {
 public:
  explicit ResultWriter(std::int64_t bytes) : streams_(bytes > kStreamedBytes) {}
  ~ResultWriter() {
#if defined(__SSE2__)
    if (streams_) _mm_sfence();
#endif
  }
  ResultWriter(const ResultWriter&) = delete;
  ResultWriter& operator=(const ResultWriter&) = delete;

  bool streams() const { return streams_; }
  template <class T>
  void write(T* to, const T* from, std::int64_t count) const {
    write(to, from, count, std::array<const T*, 0>{});
  }
  // While a result is streamed, memory would not be read: as many numbers of what is read next are
  // fetched meanwhile. Pointers may be null, and may point behind the end.
  template <class T, class In, std::size_t N>
  void write(T* to, const T* from, std::int64_t count, const std::array<const In*, N>& next) const {
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
#if defined(__SSE2__)
    if (streams_) return stream(to, from, bytes, next);
#endif
    std::memcpy(to, from, bytes);
  }

 private:
#if defined(__SSE2__)
  // Whole lines of 64 bytes; what lies before and behind them is stored as usual.
  template <class T, class In, std::size_t N>
  static void stream(T* numbers, const T* from_numbers, std::size_t bytes,
                     const std::array<const In*, N>& next) {
    char* const to = reinterpret_cast<char*>(numbers);
    const char* const from = reinterpret_cast<const char*>(from_numbers);
    const std::size_t head = (64 - reinterpret_cast<std::uintptr_t>(to) % 64) % 64;
    if (bytes < head + 64) {
      std::memcpy(to, from, bytes);
      return;
    }
    std::memcpy(to, from, head);
    std::size_t at = head;
    for (; at + 64 <= bytes; at += 64) {
      for (const In* operand : next)
        if (operand) prefetch(operand, static_cast<std::int64_t>(at / sizeof(T)), 64 / sizeof(T));
      for (std::size_t k = 0; k < 64; k += 16) {
        __m128i v;
        std::memcpy(&v, from + at + k, sizeof v);
        _mm_stream_si128(reinterpret_cast<__m128i*>(to + at + k), v);
      }
    }
    std::memcpy(to + at, from + at, bytes - at);
  }
#endif
  bool streams_;
};

}  // namespace tapestry::detail
