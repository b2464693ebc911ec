// The ops of linear algebra: X_cases() stands in X_cases.cc.
#pragma once

#include <vector>

#include "ops/catalogue/linalg/matrices.h"
#include "ops/catalogue/op_info.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> cholesky_cases();
std::vector<OpInfo> determinant_cases();
std::vector<OpInfo> eigh_cases();
std::vector<OpInfo> expm_cases();
std::vector<OpInfo> lstsq_cases();
std::vector<OpInfo> norm_cases();
std::vector<OpInfo> qr_cases();
std::vector<OpInfo> solve_cases();
std::vector<OpInfo> svd_cases();
std::vector<OpInfo> triangle_cases();
std::vector<OpInfo> triangular_solve_cases();

}  // namespace tapestry::detail::linalg
