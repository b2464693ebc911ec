#include "ops/elementwise/lerp.h"

#include "ops/elementwise/constant.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"

namespace tapestry {
using namespace detail;

// From the nearer end, so that rounding misses neither, however far the other one is.
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& t, Site site) {
  const CallSite call(site);
  broadcast_shapes("lerp", broadcast_shapes("lerp", a.shape(), b.shape()), t.shape());
  const Tensor way = b - a;
  return where(t < 0.5, a + mul_zero(t, way), b - mul_zero(1 - t, way));
}

Tensor lerp(const Tensor& a, const Tensor& b, double t, Site site) {
  const CallSite call(site);
  return lerp(a, b, number_beside(promote(a.dtype(), b.dtype()) == a.dtype() ? a : b, t));
}

}  // namespace tapestry
