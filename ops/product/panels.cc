#include "ops/product/panels.h"

#include <algorithm>
#include <cstring>

#include "engine/base/simd.h"
#include "engine/tensor/transpose.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/product/panels.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
struct Panels {
  using Tag = hn::ScalableTag<T>;
  using Vector = hn::Vec<Tag>;
  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag()));

  // A tile of two registers across fills the registers: 24 sums of 32, or 12 of 16, beside a row of
  // the right operand and a number of the left one.
  static constexpr int kRows = sizeof(Vector) == 64 ? 12 : 6, kColumns = 2 * kLanes;

  // Left panels that lie by rows have a row at each kStretch elements, those by columns are dense.
  static void pack_left(Matrix<T> a, std::int64_t rows, std::int64_t depth, T* panels) {
    if (a.transposed) return lines<kRows>(a, rows, depth, panels, kRows * kStretch);
    std::int64_t i = 0;
    for (; i < rows; ++i) std::copy_n(a.data + i * a.leading, depth, panels + i * kStretch);
    for (; i % kRows != 0; ++i) std::fill_n(panels + i * kStretch, depth, T(0));
  }

  static void pack_right(Matrix<T> b, std::int64_t columns, std::int64_t depth, T* panels) {
    if (!b.transposed) return lines<kColumns>(b, columns, depth, panels, kColumns * depth);
    constexpr std::int64_t kAtOnce = 64;  // lines of a panel that stay in the nearest cache
    for (std::int64_t j = 0; j < columns; j += kColumns, panels += kColumns * depth) {
      const std::int64_t count = std::min<std::int64_t>(kColumns, columns - j);
      for (std::int64_t k = 0; k < depth; k += kAtOnce)
        gather_transposed(b.data + j * b.leading + k, b.leading, std::min(kAtOnce, depth - k),
                          count, panels + k * kColumns, kColumns);
      if (count < kColumns)
        for (std::int64_t k = 0; k < depth; ++k)
          std::fill_n(panels + k * kColumns + count, kColumns - count, T(0));
    }
  }

  static void multiply(const Part<T>& p) {
    p.left_by_rows ? multiply<true>(p) : multiply<false>(p);
  }

 private:
  // `depth` lines of `count` elements, each dealt to panels that take `width` of it.
  template <int width>
  static void lines(Matrix<T> from, std::int64_t count, std::int64_t depth, T* panels,
                    std::int64_t step) {
    const std::int64_t whole = count / width, rest = count % width;
    for (std::int64_t k = 0; k < depth; ++k) {
      const T* line = from.data + k * from.leading;
      T* panel = panels + k * width;
      for (std::int64_t i = 0; i < whole; ++i, line += width, panel += step)
        std::memcpy(panel, line, width * sizeof(T));
      if (rest == 0) continue;
      std::copy_n(line, rest, panel);
      std::fill(panel + rest, panel + width, T(0));
    }
  }

  template <bool by_rows>
  static void multiply(const Part<T>& p) {
    const std::int64_t tiles = (p.columns + kColumns - 1) / kColumns;
    for (std::int64_t i = 0; i < p.rows; i += kRows) {
      const T* left = p.left + i * kStretch;
      const auto rows = static_cast<int>(std::min<std::int64_t>(kRows, p.rows - i));
      for (std::int64_t j = 0; j < tiles; ++j) {
        const T* right = p.right + j * kColumns * p.right_depth;
        T* c = p.c + i * p.leading + j * kColumns;
        const auto columns =
            static_cast<int>(std::min<std::int64_t>(kColumns, p.columns - j * kColumns));
        if (columns > kLanes)
          tile<by_rows, 2>(p, left, right, c, rows, columns);
        else
          tile<by_rows, 1>(p, left, right, c, rows, columns);
      }
    }
  }

  template <bool by_rows, int across>
  static HWY_INLINE void tile(const Part<T>& p, const T* left, const T* right, T* c, int rows,
                              int columns) {
    if (rows > kRows * 2 / 3)
      tile<by_rows, kRows, across>(p, left, right, c, rows, columns);
    else if (rows > kRows / 3)
      tile<by_rows, kRows * 2 / 3, across>(p, left, right, c, rows, columns);
    else
      tile<by_rows, kRows / 3, across>(p, left, right, c, rows, columns);
  }

  template <bool by_rows, int down, int across>
  static HWY_INLINE void tile(const Part<T>& p, const T* HWY_RESTRICT left,
                              const T* HWY_RESTRICT right, T* HWY_RESTRICT c, int rows,
                              int columns) {
    const Tag d;
    constexpr std::int64_t kDown = by_rows ? kStretch : 1, kOn = by_rows ? 1 : kRows;
    Vector sums[down][across];
    HWY_UNROLL(16)
    for (int i = 0; i < down; ++i) {
      HWY_UNROLL(2)
      for (int j = 0; j < across; ++j) sums[i][j] = hn::Zero(d);
      if (i < rows) {  // by the time that the sums are there, so are the lines of c
        __builtin_prefetch(c + i * p.leading, 0, 2);
        __builtin_prefetch(c + i * p.leading + columns - 1, 0, 2);
      }
    }
    HWY_UNROLL(2)
    for (std::int64_t k = 0; k < p.depth; ++k) {
      Vector row[across];
      HWY_UNROLL(2)
      for (int j = 0; j < across; ++j) row[j] = hn::Load(d, right + k * kColumns + j * kLanes);
      HWY_UNROLL(16)
      for (int i = 0; i < down; ++i) {
        const Vector x = hn::Set(d, left[i * kDown + k * kOn]);
        HWY_UNROLL(2)
        for (int j = 0; j < across; ++j) sums[i][j] = hn::MulAdd(x, row[j], sums[i][j]);
      }
    }
    if (columns == across * kLanes) {
      HWY_UNROLL(16)
      for (int i = 0; i < down; ++i) {
        HWY_UNROLL(2)
        for (int j = 0; j < across; ++j) {
          T* at = c + i * p.leading + j * kLanes;
          if (i < rows)
            hn::StoreU(p.add ? hn::Add(hn::LoadU(d, at), sums[i][j]) : sums[i][j], d, at);
        }
      }
    } else {
      HWY_ALIGN T all[down * across * kLanes];
      HWY_UNROLL(16)
      for (int i = 0; i < down; ++i) HWY_UNROLL(2)
      for (int j = 0; j < across; ++j) hn::Store(sums[i][j], d, all + (i * across + j) * kLanes);
      for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
          T& element = c[i * p.leading + j];
          const T sum = all[i * across * kLanes + j];
          element = p.add ? element + sum : sum;
        }
    }
  }
};

template <class T>
const PanelKernels<T>& kernels() {
  using P = Panels<T>;
  static constexpr PanelKernels<T> all{P::kRows, P::kColumns, P::pack_left, P::pack_right,
                                       P::multiply};
  return all;
}
const PanelKernels<float>& kernels_f32() { return kernels<float>(); }
const PanelKernels<double>& kernels_f64() { return kernels<double>(); }

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(kernels_f32);
HWY_EXPORT(kernels_f64);

const PanelKernels<float>& panel_kernels(float) { return HWY_DYNAMIC_DISPATCH(kernels_f32)(); }
const PanelKernels<double>& panel_kernels(double) { return HWY_DYNAMIC_DISPATCH(kernels_f64)(); }

}  // namespace tapestry::detail
#endif
