#include "ops/catalogue/cases.h"

#include <utility>

#include "ops/catalogue/linalg/linalg_cases.h"

namespace tapestry::detail {

std::vector<OpInfo> linalg_cases() {
  using namespace linalg;
  std::vector<OpInfo> all;
  for (auto ops : {cholesky_cases, determinant_cases, eigh_cases, expm_cases,
                       lstsq_cases, norm_cases, qr_cases, solve_cases, svd_cases,
                       triangle_cases, triangular_solve_cases})
    for (OpInfo& op : ops()) all.push_back(std::move(op));
  return all;
}

}  // namespace tapestry::detail
