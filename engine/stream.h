// An append-only array that never moves: address space is reserved once and pages come as they are
// touched, so growth copies nothing and pointers stay valid. Clearing keeps the pages.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace tapestry::detail {

// `wanted` bytes, or fewer, by halves, where the system is stingy; Error below a megabyte.
void* reserve_address_space(std::size_t wanted, std::size_t& granted);
void release_address_space(void* start, std::size_t bytes) noexcept;
[[noreturn]] void refuse_growth(std::size_t elements);

template <class T>
class Stream {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit Stream(std::size_t capacity) {
    std::size_t bytes = 0;
    data_ = static_cast<T*>(reserve_address_space(capacity * sizeof(T), bytes));
    capacity_ = bytes / sizeof(T);
    bytes_ = bytes;
  }
  ~Stream() { release_address_space(data_, bytes_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void push_back(T value) {
    if (size_ == capacity_) refuse_growth(capacity_);
    data_[size_++] = value;
  }
  // Room for `count` more, their values not yet set.
  T* extend(int count) {
    const std::size_t grown = size_ + static_cast<std::size_t>(count);
    if (grown > capacity_) refuse_growth(capacity_);
    T* start = data_ + size_;
    size_ = grown;
    return start;
  }
  void clear() { size_ = 0; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  T* data_;
  std::size_t size_ = 0;
  std::size_t capacity_;
  std::size_t bytes_;
};

}  // namespace tapestry::detail
