// Copies the elements of a tensor, of any strides, in row-major order into plain memory of another
// type.
#pragma once

#include "engine/rows.h"
#include "engine/tensor.h"

namespace tapestry {

template <class To>
void copy_elements(const Tensor& from, To* to) {
  const Rows<1> rows(from.shape(), {&from.strides()});
  visit(from.dtype(), [&]<class From>(std::type_identity<From>) {
    const From* source = from.data<From>();
    rows.for_each([&](const std::array<std::int64_t, 1>& offset) {
      const From* row = source + offset[0];
      const std::int64_t stride = rows.inner[0];
      if (stride == 1)
        for (std::int64_t i = 0; i < rows.length; ++i) to[i] = static_cast<To>(row[i]);
      else
        for (std::int64_t i = 0; i < rows.length; ++i) to[i] = static_cast<To>(row[i * stride]);
      to += rows.length;
    });
  });
}

}  // namespace tapestry
