#include "ops/layout/pad.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/factory.h"
#include "ops/layout/index.h"
#include "ops/layout/placement.h"

namespace tapestry {
using namespace detail;
namespace {

// Error unless there are two widths for each axis, and room for the elements.
Shape padded_shape(const Shape& shape, const Widths& widths) {
  if (widths.size() != static_cast<std::size_t>(shape.rank()))
    refuse("pad", "{} pairs of widths for shape {}; there must be one for each axis", widths.size(),
           shape);
  Shape padded = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto [before, after] = widths[static_cast<std::size_t>(axis)];
    if (before < 0 || after < 0)
      refuse("pad", "the widths of axis {} are {} and {}; they must not be negative", axis, before,
             after);
    if (__builtin_add_overflow(padded[axis], before, &padded[axis]) ||
        __builtin_add_overflow(padded[axis], after, &padded[axis]))
      refuse("pad", "the widths of axis {} are {} and {}; that is too many elements", axis, before,
             after);
  }
  return padded;
}

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

Tensor pad(const Tensor& x, const Widths& widths, double value, Site site) {
  const CallSite call(site);
  const Shape shape = padded_shape(x.shape(), widths);
  const bool fits = is_floating(x.dtype()) ||
                    (std::abs(value) < 0x1p62 && full({}, value, x.dtype()).item() == value);
  if (!fits)
    refuse("pad", "the value {} is not {} as x is; convert x with .to()", value, x.dtype());
  Placement placement{Dims(x.rank(), 0), Dims(x.rank(), 1)};
  for (int axis = 0; axis < x.rank(); ++axis)
    placement.starts[axis] = widths[static_cast<std::size_t>(axis)].first;
  return place(x, placement, shape, value);
}

Tensor pad(const Tensor& x, const Widths& widths, PadMode mode, Site site) {
  const CallSite call(site);
  const Shape shape = padded_shape(x.shape(), widths);
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto [before, after] = widths[static_cast<std::size_t>(axis)];
    const std::int64_t widest = std::max(before, after);
    const std::int64_t needed = mode == PadMode::reflect    ? widest + (widest < INT64_MAX)
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
    Tensor positions = Tensor::uninitialized({shape[axis]}, DType::i64);
    auto* const position = positions.mutable_data<std::int64_t>();
    for (std::int64_t i = 0; i < shape[axis]; ++i) position[i] = source(i - before, extent, mode);
    result = take(result, positions, axis);
  }
  return result;
}

}  // namespace tapestry
