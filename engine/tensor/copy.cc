#include "engine/tensor/copy.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/tensor/rows.h"

namespace tapestry::detail {
namespace {

// Rows whose neighbours lie closer together than their elements, as in a transposed matrix.
bool wants_tiles(const Rows<1>& rows) {
  constexpr std::int64_t least = 8;  // smaller ones fit the cache as they are
  return rows.rank > 0 && rows.length >= least && rows.extents[rows.rank - 1] >= least &&
         std::abs(rows.strides[rows.rank - 1][0]) < std::abs(rows.inner[0]);
}

// In tiles, so that each cache line is read once. Eight lines at equal distances still share a set.
template <class From, class To>
void copy_tiles(const From* from, const Rows<1>& rows, To* to) {
  constexpr std::int64_t height = 16, width = 8;
  const std::int64_t down = rows.strides[rows.rank - 1][0], along = rows.inner[0],
                     extent = rows.extents[rows.rank - 1];
  std::int64_t band = 0;
  for (std::int64_t row = 0; row < rows.count; row += band) {
    band = std::min(height, extent - row % extent);
    const From* const source = from + rows.offsets(row)[0];
    for (std::int64_t column = 0; column < rows.length; column += width) {
      const std::int64_t end = std::min(column + width, rows.length);
      for (std::int64_t r = 0; r < band; ++r)
        for (std::int64_t i = column; i < end; ++i)
          to[r * rows.length + i] = static_cast<To>(source[r * down + i * along]);
    }
    to += band * rows.length;
  }
}

}  // namespace

template <class To>
void copy_elements(const Tensor& from, To* to) {
  const Rows<1> rows(from.shape(), {&from.strides()});
  const std::int64_t stride = rows.inner[0];
  visit(from.dtype(), [&]<class From>(std::type_identity<From>) {
    const From* source = from.data<From>();
    if (wants_tiles(rows)) return copy_tiles(source, rows, to);
    rows.for_each([&](const std::array<std::int64_t, 1>& offset) {
      const From* row = source + offset[0];
      if (stride == 1)
        for (std::int64_t i = 0; i < rows.length; ++i) to[i] = static_cast<To>(row[i]);
      else
        for (std::int64_t i = 0; i < rows.length; ++i) to[i] = static_cast<To>(row[i * stride]);
      to += rows.length;
    });
  });
}

template void copy_elements(const Tensor&, bool*);
template void copy_elements(const Tensor&, std::int64_t*);
template void copy_elements(const Tensor&, float*);
template void copy_elements(const Tensor&, double*);

}  // namespace tapestry::detail
