#include "ops/elementwise/lerp.h"

#include "engine/tensor/factory.h"
#include "ops/catalogue/catalogue.h"
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

std::vector<Record> detail::lerp_records() {
  const auto call = [](const std::vector<Tensor>& in) { return lerp(in[0], in[1], in[2]); };
  const Tensor a = sample_numbers({3, 4}, 1), b = sample_numbers({3, 4}, 2);
  return {
      {"lerp",
       "a + t (b - a), exact at both ends",
       true,
       {{"equal shapes", {a, b, sample_numbers({3, 4}, 3)}, call},
        {"weights stretched", {a, b, sample_numbers({3, 1}, 3)}, call},
        {"one weight", {a, b}, [](const auto& in) { return lerp(in[0], in[1], 0.3); }}},
       {{"shapes that do not broadcast",
         [] {
           lerp(ones({2, 3}), ones({4}), 0.5);
         },
         "[lerp] shapes (2, 3) and (4,) do not broadcast: the 3 and the 4 must be equal, or one "
         "of them 1"}}}};
}

}  // namespace tapestry
