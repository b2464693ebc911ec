// How the work of a convolution is cut among threads: by its geometry alone.
#pragma once

#include <algorithm>

#include "engine/base/parallel.h"
#include "ops/conv/products.h"

namespace tapestry::detail {

inline constexpr std::int64_t kPieceWork = 1 << 20;  // multiplications that pay for a piece

// Into how many pieces of at least kPieceWork, and at most `most`.
inline std::int64_t piece_count(const ConvGeometry& g, std::int64_t most) {
  const double pieces = static_cast<double>(g.batch) * static_cast<double>(g.work()) / kPieceWork;
  return pieces >= static_cast<double>(most) ? most
                                             : std::max<std::int64_t>(1, std::int64_t(pieces));
}

// result[i] = parts[i] + parts[size + i] + ... , in that order.
template <class T>
void add_parts(const T* parts, std::int64_t count, std::int64_t size, T* result) {
  parallel_for(size, count, [&](std::int64_t first, std::int64_t last) {
    std::copy(parts + first, parts + last, result + first);
    for (std::int64_t part = 1; part < count; ++part)
      for (std::int64_t i = first; i < last; ++i) result[i] += parts[part * size + i];
  });
}

}  // namespace tapestry::detail
