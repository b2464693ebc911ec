#include "engine/tensor/copy.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "engine/base/parallel.h"
#include "engine/base/streaming_store.h"
#include "engine/tensor/rows.h"

namespace tapestry::detail {
namespace {

// Rows whose neighbours lie closer together than their elements, as in a transposed matrix.
bool wants_blocks(const Rows<1>& rows) {
  constexpr std::int64_t least = 8;  // smaller ones fit the cache as they are
  return rows.rank > 0 && rows.length >= least && rows.extents[rows.rank - 1] >= least &&
         std::abs(rows.strides[rows.rank - 1][0]) < std::abs(rows.inner[0]);
}

// Four numbers of 4 bytes, or two of 8.
template <class T>
using Quad [[gnu::vector_size(16)]] = T;

// Transposes a square of numbers in registers: `from` and `to` are lines of 16 bytes, with steps in
// elements between them.
template <class T>
[[gnu::always_inline]] inline void transpose_square(const T* from, std::int64_t from_step, T* to,
                                                    std::int64_t to_step) {
  const auto load = [&](int i) {
    Quad<T> v;
    std::memcpy(&v, from + i * from_step, sizeof v);
    return v;
  };
  const auto store = [&](int i, Quad<T> v) { std::memcpy(to + i * to_step, &v, sizeof v); };
  if constexpr (sizeof(T) == 4) {
    using Mask [[gnu::vector_size(16)]] = std::int32_t;
    const Quad<T> a = load(0), b = load(1), c = load(2), d = load(3);
    const Quad<T> ab = __builtin_shuffle(a, b, Mask{0, 4, 1, 5}),
                  cd = __builtin_shuffle(c, d, Mask{0, 4, 1, 5}),
                  ab_high = __builtin_shuffle(a, b, Mask{2, 6, 3, 7}),
                  cd_high = __builtin_shuffle(c, d, Mask{2, 6, 3, 7});
    store(0, __builtin_shuffle(ab, cd, Mask{0, 1, 4, 5}));
    store(1, __builtin_shuffle(ab, cd, Mask{2, 3, 6, 7}));
    store(2, __builtin_shuffle(ab_high, cd_high, Mask{0, 1, 4, 5}));
    store(3, __builtin_shuffle(ab_high, cd_high, Mask{2, 3, 6, 7}));
  } else {
    using Mask [[gnu::vector_size(16)]] = std::int64_t;
    const Quad<T> a = load(0), b = load(1);
    store(0, __builtin_shuffle(a, b, Mask{0, 2}));
    store(1, __builtin_shuffle(a, b, Mask{1, 3}));
  }
}

// A block of `height` rows and `width` columns, gathered into `block` row by row with kSide
// elements from row to row. Element (r, i) lies r + i * along after `from`.
constexpr std::int64_t kSide = 64;
template <class T>
void gather_transposed(const T* from, std::int64_t along, std::int64_t height, std::int64_t width,
                       T* block) {
  constexpr std::int64_t side = 16 / sizeof(T);
  const std::int64_t high = height / side * side, wide = width / side * side;
  for (std::int64_t i = 0; i < wide; i += side)
    for (std::int64_t r = 0; r < high; r += side)
      transpose_square(from + i * along + r, along, block + r * kSide + i, kSide);
  for (std::int64_t r = 0; r < height; ++r)
    for (std::int64_t i = r < high ? wide : 0; i < width; ++i)
      block[r * kSide + i] = from[r + i * along];
}

// In square blocks, so that each cache line is read once and written once.
template <class From, class To>
void copy_blocks(const From* from, const Rows<1>& rows, To* to) {
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
                gather_transposed(corner, along, height, width, block);
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
  const Rows<1> rows(from.shape(), {&from.strides()});
  const std::int64_t stride = rows.inner[0], length = rows.length;
  visit(from.dtype(), [&]<class From>(std::type_identity<From>) {
    const From* source = from.data<From>();
    if (wants_blocks(rows)) return copy_blocks(source, rows, to);
    parallel_for(rows.count, length, [&](std::int64_t first, std::int64_t last) {
      To* out = to + first * length;
      rows.for_each(first, last, [&](const std::array<std::int64_t, 1>& offset) {
        const From* row = source + offset[0];
        if (stride == 1)
          for (std::int64_t i = 0; i < length; ++i) out[i] = static_cast<To>(row[i]);
        else
          for (std::int64_t i = 0; i < length; ++i) out[i] = static_cast<To>(row[i * stride]);
        out += length;
      });
    });
  });
}

Tensor copy_of(const Tensor& x) {
  Tensor copy = Tensor::uninitialized(x.shape(), x.dtype());
  visit(x.dtype(),
        [&]<class T>(std::type_identity<T>) { copy_elements(x, copy.mutable_data<T>()); });
  return copy;
}

template void copy_elements(const Tensor&, bool*);
template void copy_elements(const Tensor&, std::int64_t*);
template void copy_elements(const Tensor&, float*);
template void copy_elements(const Tensor&, double*);

}  // namespace tapestry::detail
