// The records of the family, file by file, and how their samples make matrices that have what a
// factorization needs out of any numbers.
#pragma once

#include <vector>

#include "ops/catalogue/catalogue.h"

namespace tapestry::detail::linalg {

// X + 4 I: far from singular for a sample's numbers. In a dtype that goes with x and what it is to
// meet, f64 where neither is floating.
Tensor dominant(const Tensor& x, DType beside = DType::boolean);
// X X^T + n I.
Tensor positive_definite(const Tensor& x);
// X + D with D diagonal and its elements apart, so that eigenvalues and singular values are, too.
Tensor spread(const Tensor& x, DType beside = DType::boolean);

std::vector<Record> cholesky_records();
std::vector<Record> determinant_records();
std::vector<Record> eigh_records();
std::vector<Record> expm_records();
std::vector<Record> lstsq_records();
std::vector<Record> norm_records();
std::vector<Record> qr_records();
std::vector<Record> solve_records();
std::vector<Record> svd_records();
std::vector<Record> triangle_records();
std::vector<Record> triangular_solve_records();

}  // namespace tapestry::detail::linalg
