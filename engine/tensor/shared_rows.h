// Rows of strided operands, shared among threads: whole ones, or pieces of long ones.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/base/parallel.h"
#include "engine/tensor/rows.h"

namespace tapestry::detail {

// Calls f(offsets, length) for stretches that together are all rows; the steps within one are
// rows.inner.
template <int N, class F>
void share_rows(const Rows<N>& rows, const F& f) {
  constexpr std::int64_t kPiece = std::int64_t{1} << 14;
  const std::int64_t pieces = (rows.length + kPiece - 1) / kPiece;
  if (pieces < 2)
    return parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
      rows.for_each(first, last,
                    [&](const std::array<std::int64_t, N>& at) { f(at, rows.length); });
    });
  parallel_for(rows.count * pieces, kPiece, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t unit = first; unit < last; ++unit) {
      std::array<std::int64_t, N> at = rows.offsets(unit / pieces);
      const std::int64_t start = unit % pieces * kPiece;
      for (std::size_t k = 0; k < N; ++k) at[k] += start * rows.inner[k];
      f(at, std::min(kPiece, rows.length - start));
    }
  });
}

}  // namespace tapestry::detail
