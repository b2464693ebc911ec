#include "ops/product/gemm.h"

#include <cblas.h>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <vector>

#include "engine/base/error.h"

namespace tapestry::detail {
namespace {

// Multiplications that pay for a block of their own, those of a product with a vector, which waits
// for memory, and those that pay for oneDNN, whose calls cost 0.3 us where those of OpenBLAS cost
// 0.02 us.
constexpr std::int64_t kBlockWork = 1 << 21, kVectorWork = 1 << 18, kLargeWork = 1 << 18;

// Most blocks, and the least side of one.
constexpr std::int64_t kMost = 64, kLeastSide = 16;

template <class T>
void gemm(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c, std::int64_t leading) {
  const auto ta = a.transposed ? CblasTrans : CblasNoTrans,
             tb = b.transposed ? CblasTrans : CblasNoTrans;
  const int m = static_cast<int>(e.rows), n = static_cast<int>(e.columns),
            k = static_cast<int>(e.inner);
  const int lda = static_cast<int>(a.leading), ldb = static_cast<int>(b.leading),
            ldc = static_cast<int>(leading);
  if constexpr (std::is_same_v<T, double>) {
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a.data, lda, b.data, ldb, 0, c, ldc);
  } else if (e.rows * e.columns * e.inner < kLargeWork) {
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a.data, lda, b.data, ldb, 0, c, ldc);
  } else {
    const auto status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k, 1,
                                   a.data, lda, b.data, ldb, 0, c, ldc);
    if (status != dnnl_success)
      refuse("matmul", "oneDNN failed with status {}", static_cast<int>(status));
  }
}

void gemm(const Extents& e, const Matrix<std::int64_t>& a, const Matrix<std::int64_t>& b,
          std::int64_t* c, std::int64_t leading) {
  const std::int64_t a_row = a.transposed ? 1 : a.leading, a_column = a.transposed ? a.leading : 1;
  const std::int64_t b_row = b.transposed ? 1 : b.leading, b_column = b.transposed ? b.leading : 1;
  for (std::int64_t i = 0; i < e.rows; ++i) {
    std::int64_t* row = c + i * leading;
    std::fill(row, row + e.columns, 0);
    for (std::int64_t k = 0; k < e.inner; ++k)
      for (std::int64_t j = 0; j < e.columns; ++j)
        row[j] += a.data[i * a_row + k * a_column] * b.data[k * b_row + j * b_column];
  }
}

// y = op(M) v for one row or one column of results.
void gemv(bool transposed, int rows, int columns, const float* m, int leading, const float* v,
          int step, float* y, int y_step) {
  cblas_sgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, rows, columns, 1, m, leading,
              v, step, 0, y, y_step);
}
void gemv(bool transposed, int rows, int columns, const double* m, int leading, const double* v,
          int step, double* y, int y_step) {
  cblas_dgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, rows, columns, 1, m, leading,
              v, step, 0, y, y_step);
}

constexpr std::int64_t kPart = 1 << 10;

template <class T>
T inner_product(std::int64_t n, const T* x, int x_step, const T* y, int y_step) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; i += kLong) {
    const int part = static_cast<int>(std::min(kLong, n - i));
    if constexpr (std::is_same_v<T, float>)
      sum += static_cast<double>(cblas_sdot(part, x + i * x_step, x_step, y + i * y_step, y_step));
    else
      sum += cblas_ddot(part, x + i * x_step, x_step, y + i * y_step, y_step);
  }
  return static_cast<T>(sum);
}

// Whether it is a product with a vector; then it is executed.
template <class T>
bool vector_product(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c,
                    std::int64_t leading) {
  if (e.columns != 1 && e.rows != 1) return false;
  const int m = static_cast<int>(e.rows), n = static_cast<int>(e.columns),
            k = static_cast<int>(e.inner);
  const int lda = static_cast<int>(a.leading), ldb = static_cast<int>(b.leading);
  const int a_step = a.transposed ? lda : 1, b_step = b.transposed ? 1 : ldb;
  if (m == 1 && n == 1)
    *c = inner_product(e.inner, a.data, a_step, b.data, b_step);
  else if (n == 1)
    gemv(a.transposed, a.transposed ? k : m, a.transposed ? m : k, a.data, lda, b.data, b_step, c,
         static_cast<int>(leading));
  else
    gemv(!b.transposed, b.transposed ? n : k, b.transposed ? k : n, b.data, ldb, a.data, a_step, c,
         1);
  return true;
}

// Any product into plain memory.
template <class T>
void multiply(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c,
              std::int64_t leading) {
  if constexpr (!std::is_same_v<T, std::int64_t>) {
    if (vector_product(e, a, b, c, leading)) return;
  }
  gemm(e, a, b, c, leading);
}

void multiply_in_parts(const Extents& e, Matrix<float> a, Matrix<float> b, float* c,
                       std::int64_t leading) {
  const auto size = static_cast<std::size_t>(e.rows * e.columns);
  std::vector<float> term(size);
  std::vector<double> sum(size, 0);
  for (std::int64_t at = 0; at < e.inner; at += kPart) {
    const Extents part{e.rows, e.columns, std::min(kPart, e.inner - at)};
    multiply(part, a, b, term.data(), e.columns);
    for (std::size_t i = 0; i < size; ++i) sum[i] += static_cast<double>(term[i]);
    a.data += kPart * (a.transposed ? a.leading : 1);
    b.data += kPart * (b.transposed ? 1 : b.leading);
  }
  for (std::int64_t i = 0; i < e.rows; ++i)
    for (std::int64_t j = 0; j < e.columns; ++j)
      c[i * leading + j] = static_cast<float>(sum[static_cast<std::size_t>(i * e.columns + j)]);
}

}  // namespace

Cuts cuts_for(const Extents& e) {
  const double work = e.multiplications();
  const bool vector = e.rows == 1 || e.columns == 1;
  Cuts cuts{1, 1};
  for (double left = work / (vector ? kVectorWork : kBlockWork); left >= 2 && cuts.count() < kMost;
       left /= 2) {
    const std::int64_t rows = e.rows / cuts.rows, columns = e.columns / cuts.columns;
    if (std::max(rows, columns) < 2 * kLeastSide) break;
    (rows >= columns ? cuts.rows : cuts.columns) *= 2;
  }
  return cuts;
}

template <class T>
void multiply_block(const Extents& extents, const Cuts& cuts, std::int64_t block, Matrix<T> a,
                    Matrix<T> b, T* c, std::int64_t leading) {
  // Sides are cut at multiples of 16, a register of floats.
  const auto edge = [](std::int64_t side, std::int64_t parts, std::int64_t index) {
    return index == parts ? side : side * index / parts / 16 * 16;
  };
  const std::int64_t i = block / cuts.columns, j = block % cuts.columns;
  const std::int64_t top = edge(extents.rows, cuts.rows, i),
                     left = edge(extents.columns, cuts.columns, j);
  const Extents part{edge(extents.rows, cuts.rows, i + 1) - top,
                     edge(extents.columns, cuts.columns, j + 1) - left, extents.inner};
  if (part.rows == 0 || part.columns == 0) return;
  a.data += top * (a.transposed ? 1 : a.leading);
  b.data += left * (b.transposed ? b.leading : 1);
  c += top * leading + left;
  if constexpr (std::is_same_v<T, float>) {
    const bool one = part.rows == 1 && part.columns == 1;  // which is cut already
    if (part.inner > kLong && !one) return multiply_in_parts(part, a, b, c, leading);
  }
  multiply(part, a, b, c, leading);
}

template void multiply_block(const Extents&, const Cuts&, std::int64_t, Matrix<float>,
                             Matrix<float>, float*, std::int64_t);
template void multiply_block(const Extents&, const Cuts&, std::int64_t, Matrix<double>,
                             Matrix<double>, double*, std::int64_t);
template void multiply_block(const Extents&, const Cuts&, std::int64_t, Matrix<std::int64_t>,
                             Matrix<std::int64_t>, std::int64_t*, std::int64_t);

OneThread::OneThread() : before_(omp_get_max_threads()) {
  if (before_ != 1) omp_set_num_threads(1);
}
OneThread::~OneThread() {
  if (before_ != 1) omp_set_num_threads(before_);
}

}  // namespace tapestry::detail
