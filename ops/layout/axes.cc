#include "ops/layout/axes.h"

#include "engine/base/error.h"

namespace tapestry::detail {

Axes::Axes(const std::vector<int>& axes) : all_(false) {
  for (int axis : axes) axes_.push_back(axis);
}

AxisSet Axes::resolve(std::string_view who, int rank) const {
  if (all_) return axis_bit(rank) - 1;
  AxisSet set = 0;
  for (std::int64_t axis : axes_) {
    const AxisSet bit = axis_bit(normalize_axis(who, axis, rank));
    if (set & bit) refuse(who, "axis {} is named twice in {}; name each axis once", axis, axes_);
    set |= bit;
  }
  return set;
}

}  // namespace tapestry::detail
