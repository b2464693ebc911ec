#include "ops/magnitude.h"

#include "engine/factory.h"
#include "engine/transform.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/where.h"

namespace tapestry::detail {

Tensor magnitude(const Tensor& x, const Axes& axes) {
  if (x.size() == 0) return full({}, 1, x.dtype());
  const Tensor largest = max(abs(stop_gradient(x)), {.axis = axes, .keepdims = true});
  const double most = x.dtype() == DType::f32 ? 0x1p126 : 0x1p1022;
  return exp2(floor(log2(where(largest > 0, minimum(largest, most), 1))));
}

}  // namespace tapestry::detail
