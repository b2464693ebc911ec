#include "ops/conv/products.h"

#include <algorithm>

#include "ops/conv/columns.h"
#include "ops/conv/primitive.h"

namespace tapestry::detail {
namespace {

constexpr std::int64_t kPrimitiveWork = 1 << 12;  // that pays for the 3 us of a call of oneDNN

}  // namespace

Shape ConvGeometry::shape(Role role) const {
  switch (role) {
    case Role::input:
      return with_spatial(batch, groups * inputs, windows.input, axes);
    case Role::weight:
      return with_spatial(groups * outputs, inputs, windows.kernel, axes);
    case Role::output:
      break;
  }
  return with_spatial(batch, groups * outputs, windows.output, axes);
}

template <class T>
void conv_product(Role role, const ConvGeometry& g, const ConvPlaces<T>& places) {
  const std::int64_t size = g.shape(role).size();
  if (size == 0) return;
  if (g.batch * g.work() == 0) {
    std::fill(places.result, places.result + size, T(0));
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    if (g.batch * g.work() >= kPrimitiveWork && primitive_product(role, g, places)) return;
  }
  column_product(role, g, places);
}

template void conv_product(Role, const ConvGeometry&, const ConvPlaces<float>&);
template void conv_product(Role, const ConvGeometry&, const ConvPlaces<double>&);

}  // namespace tapestry::detail
