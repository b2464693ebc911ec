// A tensor from a function of the element's position.
#pragma once

#include "engine/base/parallel.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// Fills a fresh tensor with f(index), in parallel where it is large.
template <class F>
Tensor generate(const Shape& shape, DType dtype, std::int64_t cost, F&& f) {
  Tensor result = Tensor::uninitialized(shape, dtype);
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    T* out = result.mutable_data<T>();
    parallel_for(result.size(), cost, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) out[i] = static_cast<T>(f(i));
    });
  });
  return result;
}

}  // namespace tapestry::detail
