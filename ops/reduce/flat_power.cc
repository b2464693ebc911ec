#include "ops/reduce/flat_power.h"

#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"

namespace tapestry::detail {

Tensor flat_power(const Tensor& x, double power) {
  const Tensor at_zero = x == 0, positive = where(at_zero, 1, x);
  return where(at_zero, 0, power == 0.5 ? sqrt(positive) : pow(positive, power));
}

}  // namespace tapestry::detail
