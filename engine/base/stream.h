// An append-only array that never moves: address space is reserved once and pages come as they are
// touched, so growth copies nothing and pointers stay valid. Clearing keeps the pages.
#pragma once

#include <cstddef>
#include <type_traits>

namespace tapestry::detail {

// Streams that grow together start at other distances from where the system put them, which is at
// multiples of a large power of two: L1 caches that find their lines by a few bits of the address
// (AMD's Zen 4) take lines at equal distances for one another, and each store evicts the one
// before.
inline constexpr std::size_t kApart = (std::size_t{1} << 16) + 256;

// `wanted` bytes, or fewer, by halves, where the system is stingy; Error below a megabyte.
void* reserve_address_space(std::size_t wanted, std::size_t& granted);
void release_address_space(void* start, std::size_t bytes) noexcept;
// Gives the whole pages of [start, end) back to the system; they read as zero afterwards.
void release_pages(void* start, void* end) noexcept;
[[noreturn]] void refuse_growth(std::size_t elements);

template <class T>
class Stream {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  constexpr Stream() = default;  // without room
  // `number` tells it from the streams that grow with it.
  Stream(std::size_t capacity, int number) {
    const std::size_t skipped = static_cast<std::size_t>(number) * kApart;
    reserved_ =
        static_cast<std::byte*>(reserve_address_space(capacity * sizeof(T) + skipped, bytes_));
    data_ = end_ = reinterpret_cast<T*>(reserved_ + skipped);
    limit_ = data_ + (bytes_ - skipped) / sizeof(T);
  }
  constexpr ~Stream() {
    if (bytes_ > 0) release_address_space(reserved_, bytes_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void push_back(T value) {
    if (end_ == limit_) refuse_growth(capacity());
    *end_++ = value;
  }
  // For those who know that there is room: the place of the next element, and how many were put
  // there.
  T* end() { return end_; }
  void advance(std::size_t count) { end_ += count; }
  std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }
  std::size_t capacity() const { return static_cast<std::size_t>(limit_ - data_); }

  void clear() { end_ = data_; }
  // Gives back the pages of elements from `size` on.
  void release_from(std::size_t size) {
    if (bytes_ > 0) release_pages(data_ + size, reserved_ + bytes_);
  }
  void shrink(std::size_t size) { end_ = data_ + size; }

  std::size_t size() const { return static_cast<std::size_t>(end_ - data_); }
  bool empty() const { return end_ == data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return end_[-1]; }
  const T& back() const { return end_[-1]; }
  T* begin() { return data_; }
  const T* begin() const { return data_; }
  const T* end() const { return end_; }

 private:
  T* data_ = nullptr;
  T* end_ = nullptr;
  T* limit_ = nullptr;
  std::byte* reserved_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace tapestry::detail
