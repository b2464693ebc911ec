// Runs a kernel for contiguous numbers over operands of any strides, tile by tile. Operands that
// are contiguous are read where they lie; the others are gathered into a tile that stays in the
// first-level cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/base/parallel.h"
#include "engine/base/streaming_store.h"
#include "engine/tensor/rows.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

inline constexpr std::int64_t kTile = 1024;

template <class T>
void gather_tile(const T* from, std::int64_t stride, std::int64_t n, T* tile) {
  if (stride == 0)
    std::fill(tile, tile + n, *from);
  else
    for (std::int64_t i = 0; i < n; ++i) tile[i] = from[i * stride];
}

// At most a tile of a result that is streamed: made in the cache, then moved. Apart from the other
// path, whose frame it would enlarge.
// `next` is where the operands of the next tile lie, null for those that memory need not bring.
template <class T, class Out, std::size_t N, class F>
[[gnu::noinline]] void stream_tile(const ResultWriter& writer, const T* const* in,
                                   const std::array<const T*, N>& next, Out* to, std::int64_t n,
                                   F& f) {
  alignas(64) Out tile[kTile];
  f(in, tile, n);
  writer.write(to, tile, n, next);
}

// out is fresh and row-major; operands broadcast to its shape; a null operand is one that f does
// not read. Calls f(const T* const* in, Out* out, n). `cost` weighs an element's work against a
// plain copy.
template <class T, class Out, std::size_t N, class F>
void for_tiles(const std::array<const Tensor*, N>& operands, Tensor& out, std::int64_t cost,
               F&& f) {
  Out* const result = out.mutable_data<Out>();
  std::array<const T*, N> data{};
  bool plain = true, in_place = false;
  for (std::size_t k = 0; k < N; ++k) {
    if (!operands[k]) continue;
    data[k] = operands[k]->template data<T>();
    plain &= operands[k]->is_contiguous() && operands[k]->has_shape_of(out);
    if constexpr (std::is_same_v<T, Out>) in_place |= data[k] == result;
  }
  const std::int64_t bytes = in_place ? 0 : out.size() * static_cast<std::int64_t>(sizeof(Out));
  const bool streams = bytes > kStreamedBytes;
  if (plain) {
    // Calls g(in, to, n) on elements [first, last).
    const auto contiguous = [&](std::int64_t first, std::int64_t last, auto&& g) {
      const T* in[N] = {};
      for (std::size_t k = 0; k < N; ++k)
        if (data[k]) in[k] = data[k] + first;
      g(in, result + first, last - first);
    };
    if (!streams)
      return parallel_for(out.size(), cost, [&](std::int64_t first, std::int64_t last) {
        contiguous(first, last, f);
      });
    return parallel_for(out.size(), cost, [&](std::int64_t first, std::int64_t last) {
      const ResultWriter writer(bytes);
      for (std::int64_t i = first; i < last; i += kTile)
        contiguous(i, std::min(last, i + kTile), [&](const T* const* in, Out* to, std::int64_t n) {
          std::array<const T*, N> next{};
          for (std::size_t k = 0; k < N; ++k)
            if (in[k]) next[k] = in[k] + n;
          stream_tile(writer, in, next, to, n, f);
        });
    });
  }

  std::array<Strides, N> strides;
  std::array<const Strides*, N> pointers;
  for (std::size_t k = 0; k < N; ++k) {
    strides[k] = operands[k]
                     ? broadcast_strides(operands[k]->shape(), operands[k]->strides(), out.shape())
                     : Strides(out.rank(), 0);
    pointers[k] = &strides[k];
  }
  const Rows<static_cast<int>(N)> rows(out.shape(), pointers);
  // Elements [begin, end) of one row that starts at `at` in the operands.
  const auto stretch = [&](const ResultWriter& writer, const std::array<std::int64_t, N>& at,
                           std::int64_t row_out, std::int64_t begin, std::int64_t end) {
    T tiles[N][kTile];
    for (std::int64_t from = begin; from < end; from += kTile) {
      const std::int64_t n = std::min(kTile, end - from);
      std::array<const T*, N> in{}, next{};
      for (std::size_t k = 0; k < N; ++k) {
        if (!data[k]) continue;
        const std::int64_t stride = rows.inner[k];
        const T* start = data[k] + at[k] + from * stride;
        in[k] = stride == 1 ? start : tiles[k];
        if (stride == 1) next[k] = start + n;
        // A repeated number fills its tile once.
        if (stride != 1 && (stride != 0 || from == begin)) gather_tile(start, stride, n, tiles[k]);
      }
      Out* const to = result + row_out + from;
      streams ? stream_tile(writer, in.data(), next, to, n, f) : f(in.data(), to, n);
    }
  };
  if (rows.count == 1) {
    const std::array<std::int64_t, N> origin{};
    parallel_for(rows.length, cost, [&](std::int64_t first, std::int64_t last) {
      stretch(ResultWriter(bytes), origin, 0, first, last);
    });
    return;
  }
  parallel_for(rows.count, rows.length * cost, [&](std::int64_t first, std::int64_t last) {
    const ResultWriter writer(bytes);
    std::int64_t row = first;
    rows.for_each(first, last, [&](const std::array<std::int64_t, N>& at) {
      stretch(writer, at, row++ * rows.length, 0, rows.length);
    });
  });
}

}  // namespace tapestry::detail
