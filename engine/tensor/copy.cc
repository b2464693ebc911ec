#include "engine/tensor/copy.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/base/parallel.h"
#include "engine/base/streaming_store.h"
#include "engine/tensor/shared_rows.h"
#include "engine/tensor/transpose.h"

namespace tapestry::detail {
namespace {

// Rows whose neighbours lie closer together than their elements, as in a transposed matrix.
bool wants_blocks(const Rows<2>& rows) {
  constexpr std::int64_t least = 8;  // smaller ones fit the cache as they are
  return rows.rank > 0 && rows.length >= least && rows.extents[rows.rank - 1] >= least &&
         std::abs(rows.strides[rows.rank - 1][0]) < std::abs(rows.inner[0]);
}

// A block's rows lie so many elements apart.
constexpr std::int64_t kSide = 64;

// In square blocks, so that each cache line is read once and written once.
template <class From, class To>
void copy_blocks(const From* from, const Rows<2>& rows, To* to) {
  const std::int64_t down = rows.strides[rows.rank - 1][0], along = rows.inner[0],
                     extent = rows.extents[rows.rank - 1], length = rows.length;
  const std::int64_t bands = (extent + kSide - 1) / kSide;
  parallel_for(
      rows.count / extent * bands, kSide * length, [&](std::int64_t first, std::int64_t last) {
        alignas(64) To block[kSide * kSide];
        const ResultWriter writer(rows.count * length * static_cast<std::int64_t>(sizeof(To)));
        for (std::int64_t unit = first; unit < last; ++unit) {
          const std::int64_t row = unit / bands * extent + unit % bands * kSide,
                             height = std::min(kSide, extent - unit % bands * kSide);
          const From* const source = from + rows.offsets(row)[0];
          for (std::int64_t column = 0; column < length; column += kSide) {
            const std::int64_t width = std::min(kSide, length - column);
            const From* const corner = source + column * along;
            if constexpr (std::is_same_v<From, To> && sizeof(To) >= 4) {
              if (down == 1) {
                gather_transposed(corner, along, height, width, block, kSide);
              } else {
                for (std::int64_t i = 0; i < width; ++i)
                  for (std::int64_t r = 0; r < height; ++r)
                    block[r * kSide + i] = corner[r * down + i * along];
              }
            } else {
              for (std::int64_t i = 0; i < width; ++i)
                for (std::int64_t r = 0; r < height; ++r)
                  block[r * kSide + i] = static_cast<To>(corner[r * down + i * along]);
            }
            for (std::int64_t r = 0; r < height; ++r)
              writer.write(to + (row + r) * length + column, block + r * kSide, width);
          }
        }
      });
}

}  // namespace

template <class To>
void copy_elements(const Tensor& from, To* to) {
  const Strides plain = row_major(from.shape());
  const Rows<2> rows(from.shape(), {&from.strides(), &plain});
  const std::int64_t stride = rows.inner[0];
  visit(from.dtype(), [&]<class From>(std::type_identity<From>) {
    const From* source = from.data<From>();
    if (wants_blocks(rows)) return copy_blocks(source, rows, to);
    share_rows(rows, [&](const std::array<std::int64_t, 2>& at, std::int64_t length) {
      const From* row = source + at[0];
      To* out = to + at[1];
      if (stride == 1)
        for (std::int64_t i = 0; i < length; ++i) out[i] = static_cast<To>(row[i]);
      else
        for (std::int64_t i = 0; i < length; ++i) out[i] = static_cast<To>(row[i * stride]);
    });
  });
}

Tensor copy_of(const Tensor& x) {
  Tensor copy = Tensor::uninitialized_like(x);
  visit(x.dtype(),
        [&]<class T>(std::type_identity<T>) { copy_elements(x, copy.mutable_data<T>()); });
  return copy;
}

template void copy_elements(const Tensor&, bool*);
template void copy_elements(const Tensor&, std::int64_t*);
template void copy_elements(const Tensor&, float*);
template void copy_elements(const Tensor&, double*);

}  // namespace tapestry::detail
