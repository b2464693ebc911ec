#include "ops/reduce/norm_rows.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/reduce/norm_rows.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "ops/reduce/row_registers-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

// The normalized row is ((x - rough) - rest) * scale. `rough` is a number near the mean; what it is
// short of, `rest`, is the mean of what is left, so a mean that is large beside the deviation costs
// no digits. The first element is near enough, mostly; else the mean itself, by a second pass.
template <class T>
struct RowMoments {
  RowVector<T> rough, rest, scale;

  HWY_INLINE RowMoments(RowNorm norm, const T* x, std::int64_t n) {
    double left = 0, squares = 0;
    const T start = norm.centered ? x[0] : T(0);
    look(x, n, start, left, squares);
    // This far from the mean, differences would cost two bits.
    if (norm.centered && left * left > 0.75 * squares)
      look(x, n, static_cast<T>(static_cast<double>(start) + left), left, squares);
    if (!norm.centered) left = 0;
    rest = hn::Set(RowTag<T>(), static_cast<T>(left));
    scale = hn::Set(RowTag<T>(), static_cast<T>(1 / std::sqrt(squares - left * left + norm.eps)));
  }
  HWY_INLINE RowVector<T> normalized(RowVector<T> v) const {
    return hn::Mul(hn::Sub(hn::Sub(v, rough), rest), scale);
  }

 private:
  // The means of x - middle and of its square.
  HWY_INLINE void look(const T* x, std::int64_t n, T middle, double& mean, double& square) {
    rough = hn::Set(RowTag<T>(), middle);
    const RowVector<T> shift = rough;
    const auto add = [&](auto part, RowVector<T>& sum, RowVector<T>& squares) HWY_ATTR {
      const RowVector<T> v = part.present(hn::Sub(part.load(x), shift), T(0));
      sum = hn::Add(sum, v);
      squares = hn::Add(squares, hn::Mul(v, v));
    };
    const RowSums total = row_sums<T>(n, add);
    mean = total.first / static_cast<double>(n);
    square = total.second / static_cast<double>(n);
  }
};

template <class T>
void all_rows(RowNorm norm, const T* x, const T* weight, const T* bias, T* y, std::int64_t rows,
              std::int64_t n) {
  for (std::int64_t row = 0; row < rows; ++row, x += n, y += n) {
    const RowMoments<T> moments(norm, x, n);
    for_registers<T>(0, n, [&](auto part) HWY_ATTR {
      RowVector<T> v = moments.normalized(part.load(x));
      if (weight) v = hn::Mul(v, part.load(weight));
      if (bias) v = hn::Add(v, part.load(bias));
      part.store(v, y);
    });
  }
}

// Over this many rows the gradients of weight and bias are added in T, then in double.
constexpr std::int64_t kRowsAtOnce = 16;

// Adds a row's worth of numbers, and clears them.
template <class T>
void flush(std::vector<T>& terms, double* sums) {
  for (std::size_t i = 0; i < terms.size(); ++i) sums[i] += static_cast<double>(terms[i]);
  std::fill(terms.begin(), terms.end(), T(0));
}

// With u = g * weight and z the normalized row: gx = (u - mean(u) - z * mean(u * z)) * scale; the
// first mean only where the row is centered.
template <class T>
void vjp_rows(RowNorm norm, const T* x, const T* weight, const T* g, T* gx, double* g_weight,
              double* g_bias, std::int64_t rows, std::int64_t n) {
  const RowTag<T> d;
  const double count = static_cast<double>(n);
  const auto size = static_cast<std::size_t>(n);
  std::vector<T> of_weight(g_weight ? size : 0), of_bias(g_bias ? size : 0);
  T* const w = g_weight ? of_weight.data() : nullptr;
  T* const b = g_bias ? of_bias.data() : nullptr;
  for (std::int64_t row = 0; row < rows; ++row, x += n, g += n) {
    const RowMoments<T> moments(norm, x, n);
    const auto add = [&](auto part, RowVector<T>& sum, RowVector<T>& product) HWY_ATTR {
      const RowVector<T> of = part.load(g), z = moments.normalized(part.load(x));
      const RowVector<T> u = weight ? hn::Mul(of, part.load(weight)) : of;
      sum = hn::Add(sum, u);
      product = hn::Add(product, part.present(hn::Mul(u, z), T(0)));
      if (w) part.store(hn::Add(part.load(w), hn::Mul(of, z)), w);
      if (b) part.store(hn::Add(part.load(b), of), b);
    };
    const RowSums total = row_sums<T>(n, add);
    if (gx) {
      const RowVector<T> mean = hn::Set(d, static_cast<T>(norm.centered ? total.first / count : 0)),
                         share = hn::Set(d, static_cast<T>(total.second / count));
      for_registers<T>(0, n, [&](auto part) HWY_ATTR {
        const RowVector<T> of = part.load(g), z = moments.normalized(part.load(x));
        const RowVector<T> u = weight ? hn::Mul(of, part.load(weight)) : of;
        const RowVector<T> v = hn::Sub(hn::Sub(u, mean), hn::Mul(z, share));
        part.store(hn::Mul(v, moments.scale), gx);
      });
      gx += n;
    }
    if (row % kRowsAtOnce == kRowsAtOnce - 1 || row + 1 == rows) {
      if (w) flush(of_weight, g_weight);
      if (b) flush(of_bias, g_bias);
    }
  }
}

void norm_f32(RowNorm norm, const float* x, const float* weight, const float* bias, float* y,
              std::int64_t rows, std::int64_t n) {
  all_rows(norm, x, weight, bias, y, rows, n);
}
void norm_f64(RowNorm norm, const double* x, const double* weight, const double* bias, double* y,
              std::int64_t rows, std::int64_t n) {
  all_rows(norm, x, weight, bias, y, rows, n);
}
void norm_vjp_f32(RowNorm norm, const float* x, const float* weight, const float* g, float* gx,
                  double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n) {
  vjp_rows(norm, x, weight, g, gx, g_weight, g_bias, rows, n);
}
void norm_vjp_f64(RowNorm norm, const double* x, const double* weight, const double* g, double* gx,
                  double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n) {
  vjp_rows(norm, x, weight, g, gx, g_weight, g_bias, rows, n);
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(norm_f32);
HWY_EXPORT(norm_f64);
HWY_EXPORT(norm_vjp_f32);
HWY_EXPORT(norm_vjp_f64);

void norm_rows(RowNorm norm, const float* x, const float* weight, const float* bias, float* y,
               std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(norm_f32)(norm, x, weight, bias, y, rows, n);
}
void norm_rows(RowNorm norm, const double* x, const double* weight, const double* bias, double* y,
               std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(norm_f64)(norm, x, weight, bias, y, rows, n);
}
void norm_rows_vjp(RowNorm norm, const float* x, const float* weight, const float* g, float* gx,
                   double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(norm_vjp_f32)(norm, x, weight, g, gx, g_weight, g_bias, rows, n);
}
void norm_rows_vjp(RowNorm norm, const double* x, const double* weight, const double* g, double* gx,
                   double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(norm_vjp_f64)(norm, x, weight, g, gx, g_weight, g_bias, rows, n);
}

}  // namespace tapestry::detail
#endif
