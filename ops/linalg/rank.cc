#include "ops/linalg/rank.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/linalg/lapack.h"

namespace tapestry::detail::linalg {
namespace {

template <class T>
constexpr T kLeastReciprocal = 4 * std::numeric_limits<T>::epsilon();

// Where no pivot is so small beside its column, a matrix is far from singular.
template <class T>
bool has_small_pivot(int n, const T* upper) {
  const T small = std::cbrt(std::numeric_limits<T>::epsilon());
  for (std::int64_t j = 0; j < n; ++j, upper += n) {
    T largest = 0;
    for (std::int64_t i = 0; i < j; ++i) largest = std::max(largest, std::abs(upper[i]));
    if (!(std::abs(upper[j]) > small * largest)) return true;
  }
  return false;
}

// Each column of an n by n matrix by columns, divided by its largest element; false when one is 0.
template <class T>
bool level_columns(T* r, int n) {
  for (int j = 0; j < n; ++j, r += n) {
    T largest = 0;
    for (int i = 0; i < n; ++i) largest = std::max(largest, std::abs(r[i]));
    if (!(largest > 0)) return false;
    for (int i = 0; i < n; ++i) r[i] /= largest;
  }
  return true;
}

// 1 / (|R| |R^-1|) for an upper triangle by columns, whose columns are brought to the size of 1.
template <class T>
T reciprocal_of_triangle(int n, T* r) {
  const auto order = static_cast<std::size_t>(n);
  std::vector<T> work(3 * order);
  std::vector<int> integers(order);
  if (!level_columns(r, n)) return 0;
  T reciprocal = 0;
  lapack::trcon(n, r, &reciprocal, work.data(), integers.data());
  return reciprocal;
}

// The factors that bring the elements of A to the size of 1: rows are divided by the first, columns
// then by the second. False when there is a row or column of zeros.
template <class T>
bool find_sizes(const Item<T>& a, std::vector<T>& of_rows, std::vector<T>& of_columns) {
  const auto at = [](std::int64_t i) { return static_cast<std::size_t>(i); };
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.columns; ++j)
      of_rows[at(i)] = std::max(of_rows[at(i)], std::abs(a.at(i, j)));
  for (const T size : of_rows)
    if (!(size > 0)) return false;
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.columns; ++j)
      of_columns[at(j)] = std::max(of_columns[at(j)], std::abs(a.at(i, j)) / of_rows[at(i)]);
  for (const T size : of_columns)
    if (!(size > 0)) return false;
  return true;
}

}  // namespace

// |A^-1| is estimated, never above, by a few solutions. N. J. Higham, FORTRAN codes for estimating
// the one-norm of a real or complex matrix, with applications to condition estimation, ACM Trans.
// Math. Software 14, 1988.
template <class T>
bool is_singular(const Item<T>& a, const T* lu, const int* pivots, int info) {
  if (info != 0) return true;
  const auto n = static_cast<int>(a.rows);
  if (n == 0 || !has_small_pivot(n, lu)) return false;
  const auto order = static_cast<std::size_t>(n);
  std::vector<T> of_rows(order), of_columns(order), x(order), v(order);
  std::vector<int> signs(order);
  if (!find_sizes(a, of_rows, of_columns)) return true;
  T norm = 0;
  for (int i = 0; i < n; ++i) {
    T sum = 0;
    for (int j = 0; j < n; ++j)
      sum += std::abs(a.at(i, j)) / of_rows[static_cast<std::size_t>(i)] /
             of_columns[static_cast<std::size_t>(j)];
    norm = std::max(norm, sum);
  }
  // The 1-norm of the transpose, which is first times A^-T times second.
  T of_inverse = 0;
  int step = 0, state[3] = {};
  for (;;) {
    lapack::lacn2(n, v.data(), x.data(), signs.data(), &of_inverse, &step, state);
    if (step == 0) break;
    const bool transposed = step == 1;
    const std::vector<T>&before = transposed ? of_columns : of_rows,
          &after = transposed ? of_rows : of_columns;
    for (std::size_t i = 0; i < order; ++i) x[i] *= before[i];
    lapack::getrs(n, 1, lu, pivots, x.data(), transposed ? 'T' : 'N');
    for (std::size_t i = 0; i < order; ++i) x[i] *= after[i];
    for (const T value : x)
      if (!std::isfinite(value)) return true;
  }
  return !(1 / (norm * of_inverse) > kLeastReciprocal<T>);
}

template <class T>
static bool has_dependent_columns(const Item<T>& r) {
  if (r.rows == 0 || !r.is_finite()) return false;
  std::vector<T> copy(static_cast<std::size_t>(r.rows * r.rows));
  r.copy_columns(copy.data());
  return reciprocal_of_triangle(static_cast<int>(r.rows), copy.data()) <= kLeastReciprocal<T>;
}

template <class T>
bool is_singular_square(int n, const T* r) {
  if (n == 0 || !has_small_pivot(n, r)) return false;
  std::vector<T> copy(r, r + std::int64_t{n} * n);
  const T reciprocal = reciprocal_of_triangle(n, copy.data());
  return reciprocal * reciprocal <= kLeastReciprocal<T>;
}

bool any_singular(std::string_view who, const Tensor& a) {
  const int n = extent(who, columns(a));
  const Shape batch = batch_shape(a);
  Codes codes(batch);
  visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
    const Items<T> items(a);
    for_stretches(batch.size(), std::int64_t{n} * n * n,
                  [&](std::int64_t first, std::int64_t last) {
                    const auto order = static_cast<std::size_t>(n);
                    std::vector<T> lu(order * order);
                    std::vector<int> pivots(order);
                    for (std::int64_t i = first; i < last; ++i) {
                      if (!items[i].is_finite()) continue;
                      items[i].copy_columns(lu.data());
                      const int info = lapack::getrf(n, lu.data(), pivots.data());
                      codes[i] = is_singular(items[i], lu.data(), pivots.data(), info);
                    }
                  });
  });
  return codes.any();
}

void require_regular(std::string_view who, const Codes& codes, std::string_view more) {
  if (codes.any()) codes.check(who, fmt::format("the matrix is singular to rounding{}", more));
}

void require_independent_columns(std::string_view who, const Tensor& r, std::string_view more) {
  const Shape batch = batch_shape(r);
  Codes codes(batch);
  visit_floating(r.dtype(), [&]<class T>(std::type_identity<T>) {
    const Items<T> items(r);
    for (std::int64_t i = 0; i < batch.size(); ++i) codes[i] = has_dependent_columns(items[i]);
  });
  require_regular(who, codes, more);
}

template bool is_singular(const Item<float>&, const float*, const int*, int);
template bool is_singular(const Item<double>&, const double*, const int*, int);
template bool is_singular_square(int, const float*);
template bool is_singular_square(int, const double*);

}  // namespace tapestry::detail::linalg
