#include "engine/grad/fold.h"

namespace tapestry::detail {

Shape reduced_shape(const Shape& shape, AxisSet axes, AxisSet dropped) {
  Shape result;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (!(dropped & axis_bit(axis))) result.push_back(axes & axis_bit(axis) ? 1 : shape[axis]);
  return result;
}

std::string describe_axes(AxisSet axes, AxisSet dropped) {
  std::string text = "axis=(";
  for (int axis = 0; axis < kMaxRank; ++axis)
    if (axes & axis_bit(axis)) text += fmt::format("{}{}", text.back() == '(' ? "" : ", ", axis);
  return text + (axes != dropped ? "), keepdims" : ")");
}

}  // namespace tapestry::detail
