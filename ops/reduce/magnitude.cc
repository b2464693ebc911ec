#include "ops/reduce/magnitude.h"

#include "engine/grad/stop_gradient.h"
#include "engine/grad/transform.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/reduce/extremes.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

Tensor magnitude(const Tensor& x, const Axes& axes) {
  if (x.size() == 0) return full({}, 1, x.dtype());
  const Tensor largest = max(abs(stop_gradient(x)), {.axis = axes, .keepdims = true});
  const double most = x.dtype() == DType::f32 ? 0x1p126 : 0x1p1022;
  return exp2(floor(log2(where(largest > 0, minimum(largest, most), 1))));
}

}  // namespace tapestry::detail
