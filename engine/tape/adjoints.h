// Adjoints by id, of which only those in use were ever touched. There is room for all that the tape
// can hold: a sweep that meets an id which it should not know writes to no other memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "engine/base/error.h"
#include "engine/base/stream.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

template <class T>
class Adjoints {
 public:
  // Room for `capacity` ids, `last` among them. Error where the system grants less.
  void make_room(NodeId last, std::size_t capacity) {
    if (!numbers_) numbers_ = std::make_unique<Stream<T>>(capacity, 5);
    if (last >= numbers_->capacity())
      refuse("gradient",
             "the system grants address space for the adjoints of {} nodes (see ulimit -v)",
             numbers_->capacity());
  }
  // Zero from `first` to `last`.
  void clear(NodeId first, NodeId last) { std::fill(data() + first, data() + last + 1, T(0)); }
  bool has_room() const { return numbers_ != nullptr; }
  void release() { numbers_.reset(); }
  T* data() { return numbers_->begin(); }
  const T* data() const { return numbers_->begin(); }

 private:
  std::unique_ptr<Stream<T>> numbers_;
};

}  // namespace tapestry::detail
