#include "ops/layout/slice.h"

#include <algorithm>
#include <cmath>

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/layout/assign.h"
#include "ops/layout/placement.h"

namespace tapestry {
using namespace detail;
namespace {

// The second operand takes the place of a part of the first.
struct SliceScatter {
  static constexpr std::string_view name = "slice_scatter";
  static constexpr int arity = 2;
  static constexpr bool linear = true;
  using Attributes = Placement;
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    const Strides whole = result.strides();
    assign(in[0], result, whole);
    assign(in[1], result, a.strides(whole), a.offset(whole));
    return result;
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    a.add_whole_axis();
    b.execute(b.expanded(), &a);
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    const Tensor& g = p.cotangent();
    if (p.wants(1)) p.give(1, cut(g, a, p.input_shape(1)));
    if (p.wants(0)) {
      const Tensor nothing = zeros(p.input_shape(1), g.dtype());
      p.give(0, apply<SliceScatter>({&g, &nothing}, a));
    }
  }
  static std::string describe(const Attributes& a) { return a.text(); }
};

// Python's rule for start:stop:step on an axis.
struct Cut {
  std::int64_t start, extent;
};
Cut resolve(std::string_view who, const Range& range, std::int64_t extent) {
  const std::int64_t step = range.step;
  if (step == 0) refuse(who, "the step is 0; it must be positive or negative");
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
  const auto position = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
    if (!given) return otherwise;
    return std::clamp(*given < 0 ? *given + extent : *given, low, high);
  };
  const std::int64_t start = position(range.start, step > 0 ? low : high);
  const std::int64_t stop = position(range.stop, step > 0 ? high : low);
  // Of INT64_MIN there is no absolute value.
  const std::int64_t span = step > 0 ? stop - start : start - stop,
                     stride = std::abs(std::max(step, -INT64_MAX));
  return span > 0 ? Cut{start, (span - 1) / stride + 1} : Cut{0, 0};
}

// The part of a shape that ranges of its leading axes name.
struct Part {
  Placement placement;
  Shape extents;
};
Part part_of(std::string_view who, const Shape& shape, const std::vector<Range>& ranges) {
  if (ranges.size() > static_cast<std::size_t>(shape.rank()))
    refuse(who, "{} ranges for shape {}; there is at most one for each axis", ranges.size(), shape);
  Part part{{Dims(shape.rank(), 0), Dims(shape.rank(), 1)}, shape};
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const int axis = static_cast<int>(i);
    const Cut cut = resolve(who, ranges[i], shape[axis]);
    part.placement.starts[axis] = cut.start;
    part.extents[axis] = cut.extent;
    if (cut.extent > 1) part.placement.steps[axis] = ranges[i].step;
  }
  return part;
}

}  // namespace

Tensor slice(const Tensor& x, int axis, const Range& range, Site site) {
  const CallSite call(site);
  axis = normalize_axis("slice", axis, x.rank());
  std::vector<Range> ranges(static_cast<std::size_t>(axis) + 1);
  ranges.back() = range;
  return slice(x, ranges);
}

Tensor slice(const Tensor& x, int axis, std::optional<std::int64_t> start,
             std::optional<std::int64_t> stop, std::int64_t step, Site site) {
  const CallSite call(site);
  return slice(x, axis, Range{start, stop, step});
}

Tensor slice(const Tensor& x, const std::vector<Range>& ranges, Site site) {
  const CallSite call(site);
  const auto [placement, extents] = part_of("slice", x.shape(), ranges);
  return cut(x, placement, extents);
}

Tensor slice_scatter(const Tensor& x, const Tensor& source, int axis, const Range& range,
                     Site site) {
  const CallSite call(site);
  axis = normalize_axis("slice_scatter", axis, x.rank());
  std::vector<Range> ranges(static_cast<std::size_t>(axis) + 1);
  ranges.back() = range;
  return slice_scatter(x, source, ranges);
}

Tensor slice_scatter(const Tensor& x, const Tensor& source, const std::vector<Range>& ranges,
                     Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "slice_scatter";
  const auto [placement, extents] = part_of(kWho, x.shape(), ranges);
  if (!broadcasts_to(source.shape(), extents))
    refuse(kWho, "the source of shape {} does not broadcast to the part of shape {}",
           source.shape(), extents);
  const DType dtype = promote(x.dtype(), source.dtype());
  const Tensor whole = x.to(dtype), part = broadcast_to(source, extents).to(dtype);
  return apply<SliceScatter>({&whole, &part}, placement);
}

Tensor flip(const Tensor& x, const Axes& axes, Site site) {
  const CallSite call(site);
  const AxisSet set = axes.resolve("flip", x.rank());
  std::vector<Range> ranges(static_cast<std::size_t>(x.rank()));
  for (int axis = 0; axis < x.rank(); ++axis)
    if (set & axis_bit(axis)) ranges[static_cast<std::size_t>(axis)].step = -1;
  return slice(x, ranges);
}

}  // namespace tapestry
