// Memory for numbers in between, which nobody else sees.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/memory.h"

namespace tapestry::detail {

// `size` numbers without values yet.
template <class T>
class Workspace {
 public:
  explicit Workspace(std::int64_t size) : bytes_(static_cast<std::size_t>(size) * sizeof(T)) {
    data_ = static_cast<T*>(allocate(bytes_));
  }
  ~Workspace() { deallocate(data_, bytes_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  T* data() const { return data_; }

 private:
  std::size_t bytes_;
  T* data_;
};

}  // namespace tapestry::detail
