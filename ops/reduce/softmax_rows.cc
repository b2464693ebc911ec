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

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using D = hn::ScalableTag<T>;
template <class T>
using V = hn::Vec<D<T>>;

// Calls f(elements, store) for each register of a row; the last is filled up with -inf.
template <class T, class F>
HWY_INLINE void for_registers(const T* x, T* y, std::int64_t n, F f) {
  const D<T> d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + width <= n; i += width)
    f(hn::LoadU(d, x + i), [&](V<T> v) HWY_ATTR { hn::StoreU(v, d, y + i); });
  if (i == n) return;
  const auto rest = static_cast<size_t>(n - i);
  const V<T> absent = hn::Set(d, -std::numeric_limits<T>::infinity());
#if HWY_MEM_OPS_MIGHT_FAULT
  alignas(64) T buffer[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(absent, d, buffer);
  for (size_t j = 0; j < rest; ++j) buffer[j] = x[i + static_cast<std::int64_t>(j)];
  f(hn::Load(d, buffer), [&](V<T> v) HWY_ATTR {
    hn::Store(v, d, buffer);
    for (size_t j = 0; j < rest; ++j) y[i + static_cast<std::int64_t>(j)] = buffer[j];
  });
#else
  const auto mask = hn::FirstN(d, rest);
  f(hn::IfThenElse(mask, hn::MaskedLoad(mask, d, x + i), absent),
    [&](V<T> v) HWY_ATTR { hn::BlendedStore(v, mask, d, y + i); });
#endif
}

// The largest element; NaN if there is one.
template <class T>
HWY_INLINE T largest(const T* x, std::int64_t n) {
  const D<T> d;
  V<T> top = hn::Set(d, -std::numeric_limits<T>::infinity());
  auto nan = hn::Lt(top, top);
  for_registers(x, static_cast<T*>(nullptr), n, [&](V<T> v, auto) HWY_ATTR {
    top = hn::Max(top, v);
    nan = hn::Or(nan, hn::IsNaN(v));
  });
  if (!hn::AllFalse(d, nan)) return std::numeric_limits<T>::quiet_NaN();
  return hn::GetLane(hn::MaxOfLanes(d, top));
}

// The sum of exp(x - top); the terms are stored where asked. Blocks are added in double.
template <bool kStore, class T>
HWY_INLINE double sum_of_exponentials(const T* x, T* y, std::int64_t n, T top) {
  constexpr std::int64_t kBlock = 4096;
  const D<T> d;
  const V<T> shift = hn::Set(d, top);
  double total = 0;
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    V<T> sum = hn::Zero(d);
    for_registers(x + begin, kStore ? y + begin : y, std::min(kBlock, n - begin),
                  [&](V<T> v, auto store) HWY_ATTR {
                    const V<T> term = hn::Exp(d, hn::Sub(v, shift));
                    if constexpr (kStore) store(term);
                    sum = hn::Add(sum, term);
                  });
    total += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
  }
  return total;
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
  const D<T> d;
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
    const V<T> shift = hn::Set(d, top);
    const V<T> log = hn::Set(d, static_cast<T>(std::log(sum_of_exponentials<false>(x, y, n, top))));
    for_registers(x, y, n,
                  [&](V<T> v, auto store) HWY_ATTR { store(hn::Sub(hn::Sub(v, shift), log)); });
  } else {
    const V<T> scale = hn::Set(d, static_cast<T>(1 / sum_of_exponentials<true>(x, y, n, top)));
    for_registers(static_cast<const T*>(y), y, n,
                  [&](V<T> v, auto store) HWY_ATTR { store(hn::Mul(v, scale)); });
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

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(rows_f32);
HWY_EXPORT(rows_f64);

void softmax_rows(RowFunction function, const float* x, float* y, std::int64_t rows,
                  std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(rows_f32)(function, x, y, rows, n);
}
void softmax_rows(RowFunction function, const double* x, double* y, std::int64_t rows,
                  std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(rows_f64)(function, x, y, rows, n);
}

}  // namespace tapestry::detail
#endif
