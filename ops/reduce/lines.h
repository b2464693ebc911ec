// Going over tensors line by line along an axis.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/parallel.h"
#include "engine/tensor/rows.h"

namespace tapestry::detail {

// Calls f(offsets) for every line along `axis` of operands of one shape, with where the line starts
// in each; threads share the lines.
template <std::size_t N, class F>
void for_lines(const Shape& shape, int axis, const std::array<Strides, N>& operands, F&& f) {
  if (shape.size() == 0) return;
  Shape rest = shape;
  rest.erase(axis);
  std::array<Strides, N> strides = operands;
  std::array<const Strides*, N> pointers;
  for (std::size_t k = 0; k < N; ++k) {
    strides[k].erase(axis);
    pointers[k] = &strides[k];
  }
  const Rows<static_cast<int>(N)> rows(rest, pointers);
  parallel_for(rest.size(), shape[axis], [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t line = first; line < last; ++line) {
      std::array<std::int64_t, N> at = rows.offsets(line / rows.length);
      for (std::size_t k = 0; k < N; ++k) at[k] += line % rows.length * rows.inner[k];
      f(at);
    }
  });
}

}  // namespace tapestry::detail
