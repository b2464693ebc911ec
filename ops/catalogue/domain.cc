#include "ops/catalogue/domain.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/tensor/factory.h"

namespace tapestry::detail {

Tensor sample_domain(const Domain& domain, const Shape& shape, std::uint64_t seed, double reach) {
  const double low = std::max(domain.low, std::min(-reach, domain.high - reach));
  const double high = std::min(domain.high, std::max(reach, domain.low + reach));
  const double margin = 0.05 * (high - low);
  Rng rng(seed);
  Tensor draws = uniform(shape, low + margin, high - margin, rng, DType::f64);
  double* x = draws.mutable_data<double>();
  for (std::int64_t i = 0; i < draws.size(); ++i) {
    if (domain.without_zero && std::abs(x[i]) < margin) x[i] += x[i] < 0 ? -margin : margin;
    if (domain.without_integers) x[i] = std::floor(x[i]) + 0.2 + 0.6 * (x[i] - std::floor(x[i]));
  }
  return draws;
}

}  // namespace tapestry::detail
