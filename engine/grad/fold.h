// Folding a tensor over axes. The order of operations is fixed by the shape alone: blocks of 1024
// elements with 16 running lanes, chunks of 32 blocks folded in order, so any number of threads
// gives the same bits.
//
// A fold F has `start<A>`, the neutral element, and step(A, T), which must also take an A: partial
// results are folded the same way. One that says `selects` chooses between its operands: GCC makes
// SIMD of that only in a loop, of sums only where the loop is unrolled.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/grad/broadcast.h"
#include "engine/tensor/rows.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

Shape reduced_shape(const Shape& shape, AxisSet axes, AxisSet dropped);
std::string describe_axes(AxisSet axes, AxisSet dropped);

inline constexpr std::int64_t kBlock = 1024, kChunk = 32 * kBlock, kPartials = 16;

template <class F, class A, class T>
A fold_block(const T* x, std::int64_t stride, std::int64_t n) {
  A lanes[kPartials];
  std::fill(lanes, lanes + kPartials, F::template start<A>);
  std::int64_t i = 0;
  if (stride == 1)
    for (; i + kPartials <= n; i += kPartials) {
      if constexpr (requires { requires F::selects; }) {
#pragma omp simd
        for (std::int64_t k = 0; k < kPartials; ++k) lanes[k] = F::step(lanes[k], x[i + k]);
      } else {
        for (std::int64_t k = 0; k < kPartials; ++k) lanes[k] = F::step(lanes[k], x[i + k]);
      }
    }
  for (; i < n; ++i) lanes[i % kPartials] = F::step(lanes[i % kPartials], x[i * stride]);
  for (std::int64_t width = kPartials / 2; width > 0; width /= 2)
    for (std::int64_t k = 0; k < width; ++k) lanes[k] = F::step(lanes[k], lanes[k + width]);
  return lanes[0];
}

// Additions one after the other that single precision takes well. Longer sums go on in double.
inline constexpr std::int64_t kFewAdditions = 64;

// Across blocks single precision is folded in double.
template <class A>
using Wide = std::conditional_t<std::is_same_v<A, float>, double, A>;

template <class F, class A, class T>
Wide<A> fold_row(const T* x, std::int64_t stride, std::int64_t n) {
  auto total = F::template start<Wide<A>>;
  for (std::int64_t at = 0; at < n; at += kBlock)
    total = F::step(total, static_cast<Wide<A>>(fold_block<F, A>(x + at * stride, stride,
                                                                 std::min(kBlock, n - at))));
  return total;
}

// One result from all elements that `rows` visits.
template <class F, class A, class T>
A fold_all(const T* x, const Rows<1>& rows) {
  const std::int64_t per_row = (rows.length + kChunk - 1) / kChunk;  // chunks of a long row...
  const std::int64_t rows_each =
      per_row > 1 ? 1 : std::max<std::int64_t>(1, kChunk / std::max<std::int64_t>(1, rows.length));
  const std::int64_t groups =
      (rows.count + rows_each - 1) / rows_each;  // ...or groups of short ones
  const std::int64_t units = groups * std::max<std::int64_t>(1, per_row);
  const auto unit = [&](std::int64_t u) {
    auto total = F::template start<Wide<A>>;
    if (per_row > 1) {
      const std::int64_t begin = u % per_row * kChunk;
      return fold_row<F, A>(x + rows.offsets(u / per_row)[0] + begin * rows.inner[0], rows.inner[0],
                            std::min(kChunk, rows.length - begin));
    }
    rows.for_each(u * rows_each, std::min(rows.count, (u + 1) * rows_each),
                  [&](const std::array<std::int64_t, 1>& at) {
                    total = F::step(total, fold_row<F, A>(x + at[0], rows.inner[0], rows.length));
                  });
    return total;
  };
  if (units == 1) return static_cast<A>(unit(0));
  std::vector<Wide<A>> partial(static_cast<std::size_t>(units));
  parallel_for(units, kChunk, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t u = first; u < last; ++u) partial[static_cast<std::size_t>(u)] = unit(u);
  });
  return static_cast<A>(fold_row<F, Wide<A>>(partial.data(), 1, units));
}

// Results for `width` neighbours at once, where the innermost axis stays: whole rows are folded
// together, four at a time where they lie in one stretch.
template <class F, class A, class T>
void fold_columns(const T* x, std::int64_t stride, std::int64_t width, const Rows<1>& rows,
                  A* out) {
  constexpr std::int64_t kWidth = 2048, kTogether = 4;
  for (std::int64_t column = 0; column < width; column += kWidth) {
    const std::int64_t n = std::min(kWidth, width - column);
    A block[kWidth];
    Wide<A> total[kWidth];
    std::fill(total, total + n, F::template start<Wide<A>>);
    std::int64_t pending = 0;
    const auto flush = [&] {
      for (std::int64_t j = 0; j < n; ++j)
        total[j] = F::step(total[j], static_cast<Wide<A>>(block[j]));
      pending = 0;
    };
    rows.for_each([&](const std::array<std::int64_t, 1>& at) {
      const std::int64_t step = rows.inner[0];
      for (std::int64_t r = 0; r < rows.length;) {
        if (pending == 0) std::fill(block, block + n, F::template start<A>);
        const T* row = x + at[0] + r * step + column * stride;
        if (stride == 1 && r + kTogether <= rows.length && pending + kTogether <= kFewAdditions) {
          const T *second = row + step, *third = second + step, *fourth = third + step;
          for (std::int64_t j = 0; j < n; ++j)
            block[j] = F::step(F::step(F::step(F::step(block[j], row[j]), second[j]), third[j]),
                               fourth[j]);
          r += kTogether;
          pending += kTogether;
        } else {
          for (std::int64_t j = 0; j < n; ++j) block[j] = F::step(block[j], row[j * stride]);
          ++r;
          ++pending;
        }
        if (pending == kFewAdditions) flush();
      }
    });
    if (pending) flush();
    for (std::int64_t j = 0; j < n; ++j) out[column + j] = static_cast<A>(total[j]);
  }
}

// out: row-major over the axes that are kept.
template <class F, class T, class A>
void reduce(const Tensor& x, AxisSet axes, A* out) {
  Shape kept, folded;
  Strides kept_strides, folded_strides;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool fold = axes & axis_bit(axis);
    (fold ? folded : kept).push_back(x.shape()[axis]);
    (fold ? folded_strides : kept_strides).push_back(x.strides()[axis]);
  }
  const Rows<1> over(folded, {&folded_strides});
  const Rows<1> results(kept, {&kept_strides});
  const T* source = x.data<T>();
  if (results.length > 1 && std::abs(results.inner[0]) <= std::abs(over.inner[0])) {
    // Columns of one row of results, cut so that threads can share them.
    constexpr std::int64_t kWidest = 256, kNarrowest = 32;
    std::int64_t cut = kWidest;
    const auto count = [&] { return (results.length + cut - 1) / cut; };
    while (cut > kNarrowest && results.count * count() < threads_for_a_loop()) cut /= 2;
    const std::int64_t cuts = count();
    parallel_for(results.count * cuts, cut * std::max<std::int64_t>(1, folded.size()),
                 [&](std::int64_t first, std::int64_t last) {
                   for (std::int64_t u = first, next; u < last; u = next) {  // row by row
                     const std::int64_t row = u / cuts, begin = u % cuts * cut;
                     next = std::min(last, (row + 1) * cuts);
                     fold_columns<F>(source + results.offsets(row)[0] + begin * results.inner[0],
                                     results.inner[0],
                                     std::min((next - u) * cut, results.length - begin), over,
                                     out + row * results.length + begin);
                   }
                 });
    return;
  }
  const std::int64_t count = results.count * results.length;
  if (count == 1) {
    *out = fold_all<F, A>(source, over);
    return;
  }
  parallel_for(
      count, std::max<std::int64_t>(1, folded.size()), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
          const std::int64_t row = i / results.length;
          out[i] = fold_all<F, A>(
              source + results.offsets(row)[0] + i % results.length * results.inner[0], over);
        }
      });
}

}  // namespace tapestry::detail
