#include "ops/reduce/softmax_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/reduce/softmax_rows.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "ops/reduce/row_registers-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

// The largest element; NaN if there is one.
template <class T>
HWY_INLINE T largest(const T* x, std::int64_t n) {
  const RowTag<T> d;
  constexpr T nothing = -std::numeric_limits<T>::infinity();
  RowVector<T> top = hn::Set(d, nothing);
  auto nan = hn::Lt(top, top);
  for_registers<T>(0, n, [&](auto part) HWY_ATTR {
    const RowVector<T> v = part.load(x);
    top = hn::Max(top, part.present(v, nothing));
    nan = hn::Or(nan, hn::IsNaN(v));
  });
  if (!hn::AllFalse(d, nan)) return std::numeric_limits<T>::quiet_NaN();
  return hn::GetLane(hn::MaxOfLanes(d, top));
}

// The sum of exp(x - top); the terms are stored where asked.
template <bool kStore, class T>
HWY_INLINE double sum_of_exponentials(const T* x, T* y, std::int64_t n, T top) {
  const RowTag<T> d;
  const RowVector<T> shift = hn::Set(d, top);
  return row_sum<T>(n, [&](auto part) HWY_ATTR {
    const RowVector<T> term = hn::Exp(d, hn::Sub(part.load(x), shift));
    if constexpr (kStore) part.store(term, y);
    return part.present(term, T(0));
  });
}

// The limit where elements are inf: all of the sum is one of them; which of several is not known.
template <class T>
void at_infinity(RowFunction function, const T* x, T* y, std::int64_t n) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const bool log = function == RowFunction::log_softmax;
  const T whole = std::count(x, x + n, infinity) > 1 ? infinity - infinity : T(log ? 0 : 1);
  std::transform(x, x + n, y, [&](T u) { return u == infinity ? whole : log ? -infinity : T(0); });
}

template <class T>
void one_row(RowFunction function, const T* x, T* y, std::int64_t n) {
  const RowTag<T> d;
  const T top = largest(x, n);
  if (!std::isfinite(top)) {
    const T nan = std::numeric_limits<T>::quiet_NaN();
    if (function == RowFunction::logsumexp)
      *y = top;
    else if (top > 0)
      at_infinity(function, x, y, n);
    else
      std::fill(y, y + n, top < 0 && function == RowFunction::softmax_or_zeros ? T(0) : nan);
    return;
  }
  if (function == RowFunction::logsumexp) {
    *y = static_cast<T>(std::log(sum_of_exponentials<false>(x, static_cast<T*>(nullptr), n, top)) +
                        static_cast<double>(top));
  } else if (function == RowFunction::log_softmax) {
    const RowVector<T> shift = hn::Set(d, top);
    const RowVector<T> log =
        hn::Set(d, static_cast<T>(std::log(sum_of_exponentials<false>(x, y, n, top))));
    for_registers<T>(0, n, [&](auto part) HWY_ATTR {
      part.store(hn::Sub(hn::Sub(part.load(x), shift), log), y);
    });
  } else {
    const RowVector<T> scale =
        hn::Set(d, static_cast<T>(1 / sum_of_exponentials<true>(x, y, n, top)));
    for_registers<T>(0, n,
                     [&](auto part) HWY_ATTR { part.store(hn::Mul(part.load(y), scale), y); });
  }
}

// softmax: y (g - sum of g y). log_softmax: g - exp(y) (sum of g).
template <class T>
void vjp_row(RowFunction function, const T* y, const T* g, T* gx, std::int64_t n) {
  const RowTag<T> d;
  if (function == RowFunction::log_softmax) {
    const RowVector<T> sum =
        hn::Set(d, static_cast<T>(row_sum<T>(n, [&](auto part) HWY_ATTR { return part.load(g); })));
    for_registers<T>(0, n, [&](auto part) HWY_ATTR {
      const RowVector<T> log = part.load(y);  // Highway's exponential of NaN is 0
      const RowVector<T> share = hn::IfThenElse(hn::IsNaN(log), log, hn::Exp(d, log));
      part.store(hn::Sub(part.load(g), hn::Mul(share, sum)), gx);
    });
  } else {
    const RowVector<T> sum = hn::Set(d, static_cast<T>(row_sum<T>(n, [&](auto part) HWY_ATTR {
                                       return hn::Mul(part.load(g), part.load(y));
                                     })));
    for_registers<T>(0, n, [&](auto part) HWY_ATTR {
      part.store(hn::Mul(part.load(y), hn::Sub(part.load(g), sum)), gx);
    });
  }
}

template <class T>
void all_rows(RowFunction function, const T* x, T* y, std::int64_t rows, std::int64_t n) {
  const std::int64_t step = function == RowFunction::logsumexp ? 1 : n;
  for (std::int64_t row = 0; row < rows; ++row) one_row(function, x + row * n, y + row * step, n);
}

void rows_f32(RowFunction function, const float* x, float* y, std::int64_t rows, std::int64_t n) {
  all_rows(function, x, y, rows, n);
}
void rows_f64(RowFunction function, const double* x, double* y, std::int64_t rows, std::int64_t n) {
  all_rows(function, x, y, rows, n);
}

template <class T>
void all_vjps(RowFunction function, const T* y, const T* g, T* gx, std::int64_t rows,
              std::int64_t n) {
  for (std::int64_t at = 0; at < rows * n; at += n) vjp_row(function, y + at, g + at, gx + at, n);
}

void vjp_f32(RowFunction function, const float* y, const float* g, float* gx, std::int64_t rows,
             std::int64_t n) {
  all_vjps(function, y, g, gx, rows, n);
}
void vjp_f64(RowFunction function, const double* y, const double* g, double* gx, std::int64_t rows,
             std::int64_t n) {
  all_vjps(function, y, g, gx, rows, n);
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(rows_f32);
HWY_EXPORT(rows_f64);
HWY_EXPORT(vjp_f32);
HWY_EXPORT(vjp_f64);

void softmax_rows(RowFunction function, const float* x, float* y, std::int64_t rows,
                  std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(rows_f32)(function, x, y, rows, n);
}
void softmax_rows(RowFunction function, const double* x, double* y, std::int64_t rows,
                  std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(rows_f64)(function, x, y, rows, n);
}

void softmax_rows_vjp(RowFunction function, const float* y, const float* g, float* gx,
                      std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(vjp_f32)(function, y, g, gx, rows, n);
}
void softmax_rows_vjp(RowFunction function, const double* y, const double* g, double* gx,
                      std::int64_t rows, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(vjp_f64)(function, y, g, gx, rows, n);
}

}  // namespace tapestry::detail
#endif
