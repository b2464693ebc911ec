#include "engine/tensor/layout.h"

#include <pthread.h>

#include <array>
#include <mutex>
#include <unordered_map>

#include "engine/base/error.h"

namespace tapestry::detail {
namespace {

bool lies_row_major(const Shape& shape, const Strides& strides) {
  std::uint64_t expected = 1;  // wraps around in empty tensors of large extents
  for (int i = shape.rank() - 1; i >= 0; --i) {
    if (shape[i] != 1 && static_cast<std::uint64_t>(strides[i]) != expected) return false;
    expected *= static_cast<std::uint64_t>(shape[i]);
  }
  return true;
}

std::int64_t size_of_shape(const Shape& shape) {
  for (std::int64_t extent : shape)
    if (extent < 0) refuse("tensor", "shape {} has a negative extent", shape);
  const std::int64_t size = shape.try_size().value_or(kMostElements + 1);
  if (size > kMostElements) refuse("tensor", "shape {} has too many elements", shape);
  return size;
}

// The high bits depend on all numbers.
std::uint64_t mixed(std::uint64_t hash, const Dims& dims) {
  for (std::int64_t value : dims)
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x9e3779b97f4a7c15;
  return hash;
}

// All shared layouts. Never destroyed, for tensors may outlive every static object.
class SharedLayouts {
 public:
  static SharedLayouts& all() {
    static auto* const layouts = new SharedLayouts;
    return *layouts;
  }
  // A child process finds the lock open, whoever held it when fork() was called.
  SharedLayouts() {
    pthread_atfork([] { all().mutex_.lock(); }, [] { all().mutex_.unlock(); },
                   [] { all().mutex_.unlock(); });
  }
  // The layout of that hash that `is_it` accepts, or else `make()`, if there is room for it.
  template <class Is, class Make>
  const TensorLayout* find(std::uint64_t hash, const Is& is_it, const Make& make) {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = layouts_.equal_range(hash);
    for (auto at = first; at != last; ++at)
      if (is_it(at->second)) return &at->second;
    if (layouts_.size() >= kMostSharedLayouts) return nullptr;
    return &layouts_.emplace(hash, make())->second;
  }

 private:
  std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, TensorLayout> layouts_;
};

constexpr int kRecentBits = 6;
// Those that this thread has met last, by the high bits of the hash.
thread_local constinit std::array<const TensorLayout*, 1 << kRecentBits> recent{};

template <class Is, class Make>
const TensorLayout* find(std::uint64_t hash, const Is& is_it, const Make& make) {
  const TensorLayout*& met = recent[hash >> (64 - kRecentBits)];
  if (met && is_it(*met)) [[likely]]
    return met;
  const TensorLayout* const found = SharedLayouts::all().find(hash, is_it, make);
  if (found) met = found;
  return found;
}

}  // namespace

TensorLayout row_major_layout(const Shape& shape) {
  return {shape, row_major(shape), size_of_shape(shape), true};
}

TensorLayout strided_layout(const Shape& shape, const Strides& strides) {
  if (lies_row_major(shape, strides)) return row_major_layout(shape);
  return {shape, strides, size_of_shape(shape), false};
}

const TensorLayout* shared_layout(const Shape& shape) {
  return find(
      mixed(1, shape),
      [&](const TensorLayout& layout) { return layout.is_contiguous && layout.shape == shape; },
      [&] { return row_major_layout(shape); });
}

const TensorLayout* shared_layout(const Shape& shape, const Strides& strides) {
  if (lies_row_major(shape, strides)) return shared_layout(shape);
  return find(
      mixed(mixed(2, shape), strides),
      [&](const TensorLayout& layout) {
        return layout.shape == shape && layout.strides == strides;
      },
      [&] { return strided_layout(shape, strides); });
}

}  // namespace tapestry::detail
