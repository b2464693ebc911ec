// The kernel behind softmax and its relatives: rows that lie one after the other.
#pragma once

#include <cstdint>

namespace tapestry::detail {

enum class RowFunction {
  logsumexp,  // one number for each row
  softmax,
  softmax_or_zeros,  // zeros where all elements are -inf
  log_softmax,
};

// x: rows of n elements. y: rows of n elements, or of one.
void softmax_rows(RowFunction function, const float* x, float* y, std::int64_t rows,
                  std::int64_t n);
void softmax_rows(RowFunction function, const double* x, double* y, std::int64_t rows,
                  std::int64_t n);

// The vjp of softmax or log_softmax from its result y and a cotangent g, which gx may be.
void softmax_rows_vjp(RowFunction function, const float* y, const float* g, float* gx,
                      std::int64_t rows, std::int64_t n);
void softmax_rows_vjp(RowFunction function, const double* y, const double* g, double* gx,
                      std::int64_t rows, std::int64_t n);

}  // namespace tapestry::detail
