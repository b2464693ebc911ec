// The kernels behind layer_norm and rms_norm: rows that lie one after the other, each gone through
// while it is in the first-level cache.
#pragma once

#include <cstdint>

namespace tapestry::detail {

struct RowNorm {
  bool centered;  // subtracts the mean, as layer_norm does
  double eps;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias, row by row of n elements; without a mean
// it is the mean of squares that stands for the variance. Weight and bias have n elements, or are
// null.
void norm_rows(RowNorm norm, const float* x, const float* weight, const float* bias, float* y,
               std::int64_t rows, std::int64_t n);
void norm_rows(RowNorm norm, const double* x, const double* weight, const double* bias, double* y,
               std::int64_t rows, std::int64_t n);

// The vjp for cotangents g: writes gx, and adds to g_weight and g_bias, of n elements; any of the
// three may be null. gx may be g.
void norm_rows_vjp(RowNorm norm, const float* x, const float* weight, const float* g, float* gx,
                   double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n);
void norm_rows_vjp(RowNorm norm, const double* x, const double* weight, const double* g, double* gx,
                   double* g_weight, double* g_bias, std::int64_t rows, std::int64_t n);

}  // namespace tapestry::detail
