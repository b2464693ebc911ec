// Copying between strided places of one shape and dtype.
#pragma once

#include "engine/tensor/shared_rows.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// Element i of `from` goes to `to`, `offset` elements after its first and i steps of `strides`
// further on.
inline void assign(const Tensor& from, Tensor& to, const Strides& strides,
                   std::int64_t offset = 0) {
  const Rows<2> rows(from.shape(), {&from.strides(), &strides});
  visit(from.dtype(), [&]<class T>(std::type_identity<T>) {
    const T* source = from.data<T>();
    T* target = to.mutable_data<T>() + offset;
    share_rows(rows, [&](const std::array<std::int64_t, 2>& at, std::int64_t length) {
      const T* __restrict p = source + at[0];
      T* __restrict q = target + at[1];
      if (rows.inner[0] == 1 && rows.inner[1] == 1)
        for (std::int64_t i = 0; i < length; ++i) q[i] = p[i];
      else
        for (std::int64_t i = 0; i < length; ++i) q[i * rows.inner[1]] = p[i * rows.inner[0]];
    });
  });
}

}  // namespace tapestry::detail
