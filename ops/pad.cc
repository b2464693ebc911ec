// Surrounding a tensor with its own elements: along each axis the positions that stand there,
// taken.
#include <algorithm>

#include "engine/factory.h"
#include "ops/arrange.h"
#include "ops/index.h"

namespace tapestry {
namespace {

// Which position of an axis stands at `at`, which may lie before or past it.
std::int64_t source(std::int64_t at, std::int64_t extent, PadMode mode) {
  switch (mode) {
    case PadMode::reflect:
      return at < 0 ? -at : at < extent ? at : 2 * (extent - 1) - at;
    case PadMode::circular:
      return at < 0 ? at + extent : at < extent ? at : at - extent;
    case PadMode::replicate:
      break;
  }
  return std::clamp<std::int64_t>(at, 0, extent - 1);
}

}  // namespace

Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& widths,
           PadMode mode, Site site) {
  const CallSite call(site);
  if (widths.size() != static_cast<std::size_t>(x.rank()))
    refuse("pad", "{} pairs of widths for shape {}; there must be one for each axis", widths.size(),
           x.shape());
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto [before, after] = widths[static_cast<std::size_t>(axis)];
    if (before < 0 || after < 0)
      refuse("pad", "the widths of axis {} are {} and {}; they must not be negative", axis, before,
             after);
    const std::int64_t widest = std::max(before, after);
    const std::int64_t needed = mode == PadMode::reflect    ? widest + 1
                                : mode == PadMode::circular ? widest
                                                            : std::min<std::int64_t>(widest, 1);
    if (widest > 0 && x.shape()[axis] < needed)
      refuse("pad", "axis {} of shape {} is too short for widths {} and {}; it needs {} elements",
             axis, x.shape(), before, after, needed);
  }
  Tensor result = x;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto [before, after] = widths[static_cast<std::size_t>(axis)];
    const std::int64_t extent = x.shape()[axis];
    if (before == 0 && after == 0) continue;
    std::vector<std::int64_t> positions;
    for (std::int64_t at = -before; at < extent + after; ++at)
      positions.push_back(source(at, extent, mode));
    const auto count = static_cast<std::int64_t>(positions.size());
    result = take(result, from_vector(positions, {count}), axis);
  }
  return result;
}

}  // namespace tapestry
