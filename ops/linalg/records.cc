#include "ops/linalg/records.h"

#include <utility>

namespace tapestry::detail {

std::vector<Record> linalg_records() {
  using namespace linalg;
  std::vector<Record> all;
  for (auto records : {cholesky_records, determinant_records, eigh_records, expm_records,
                       lstsq_records, norm_records, qr_records, solve_records, svd_records,
                       triangle_records, triangular_solve_records})
    for (Record& record : records()) all.push_back(std::move(record));
  return all;
}

}  // namespace tapestry::detail
