// Bump allocation in chunks: one pointer moves up, and a reset moves it back and keeps the chunks.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace tapestry::detail {

class Arena {
 public:
  // Aligned to 16 bytes.
  void* allocate(std::size_t bytes) {
    bytes = (bytes + 15) & ~std::size_t{15};
    if (bytes > static_cast<std::size_t>(end_ - next_)) grow(bytes);
    void* result = next_;
    next_ += bytes;
    return result;
  }
  void reset();

  // How far it is filled, and back to there.
  struct Place {
    std::size_t chunk = 0;
    std::byte* next = nullptr;
  };
  Place place() const { return {current_, next_}; }
  void rewind(const Place& place);

  void release();  // what lies beyond the place

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t bytes;
  };
  void grow(std::size_t bytes);
  void open(std::size_t chunk);

  std::vector<Chunk> chunks_;
  std::size_t current_ = 0;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace tapestry::detail
