#include <algorithm>

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/catalogue/linalg/matrices.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

// The plain matrix with start + i step on its diagonal, in a dtype that goes with x.
Tensor ladder(const Tensor& x, std::int64_t m, std::int64_t n, double start, double step) {
  std::vector<double> elements(static_cast<std::size_t>(m * n), 0);
  for (std::int64_t i = 0; i < std::min(m, n); ++i)
    elements[static_cast<std::size_t>(i * n + i)] = start + step * static_cast<double>(i);
  return from_vector(elements, {m, n}).to(is_floating(x.dtype()) ? x.dtype() : DType::f64);
}

}  // namespace

Tensor linalg::dominant(const Tensor& x, DType beside) {
  const Tensor wide = x.to(promote(x.dtype(), beside));
  return wide + ladder(wide, rows(x), columns(x), 4, 0);
}

Tensor linalg::positive_definite(const Tensor& x) {
  const auto n = rows(x);
  return matmul(x, transpose(x)) + ladder(x, n, n, static_cast<double>(n), 0);
}

Tensor linalg::spread(const Tensor& x, DType beside) {
  const Tensor wide = x.to(promote(x.dtype(), beside));
  return wide + ladder(wide, rows(x), columns(x), 3, 1.7);
}

}  // namespace tapestry
