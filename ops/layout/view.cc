#include "ops/layout/view.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/grad/transform.h"
#include "engine/tape/apply.h"
#include "ops/layout/assign.h"

namespace tapestry {
using namespace detail;
namespace {

// Strides that show x in another shape of as many elements, where there are any. Neighbouring axes
// of x that are uniform form a block, and a block must be filled by whole axes of the new shape.
std::optional<Strides> strides_for(const Tensor& x, const Shape& shape) {
  if (x.size() <= 1) return row_major(shape);
  Strides strides(shape.rank(), 1);
  int next = shape.rank() - 1;
  std::int64_t base = x.strides().back(), block = 1, filled = 1;
  for (int axis = x.rank() - 1; axis >= 0; --axis) {
    block *= x.shape()[axis];
    if (axis > 0 && (x.shape()[axis - 1] == 1 || x.strides()[axis - 1] == block * base)) continue;
    for (; next >= 0 && (filled < block || shape[next] == 1); --next) {
      strides[next] = filled * base;
      filled *= shape[next];
    }
    if (filled != block) return std::nullopt;
    if (axis > 0) base = x.strides()[axis - 1];
    block = filled = 1;
  }
  return strides;
}

struct Reshape {
  static constexpr std::string_view name = "reshape";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    Shape shape;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    if (const auto strides = strides_for(in[0], a.shape)) return in[0].view(a.shape, *strides);
    Tensor copy = Tensor::uninitialized(a.shape, in[0].dtype());
    assign(in[0], copy, row_major(in[0].shape()));
    return copy;
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    a.shape.insert(0, b.size());
    b.execute({b.operand(0)}, &a);
  }
  static void vjp(Pullback& p) { p.give(0, reshape(p.cotangent(), p.input_shape(0))); }
  static std::string describe(const Attributes& a) { return fmt::format("shape={}", a.shape); }
};

struct Transpose {
  static constexpr std::string_view name = "transpose";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    int first, second;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Shape shape = in[0].shape();
    Strides strides = in[0].strides();
    std::swap(shape[a.first], shape[a.second]);
    std::swap(strides[a.first], strides[a.second]);
    return in[0].view(shape, strides);
  }
  static void batch(Batching& b) {
    const auto& a = b.attributes<Attributes>();
    const Attributes behind{a.first + 1, a.second + 1};
    b.execute({b.operand(0)}, &behind);
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    p.give(0, transpose(p.cotangent(), a.first, a.second));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axes=({}, {})", a.first, a.second);
  }
};

struct Permute {
  static constexpr std::string_view name = "permute";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    Dims axes;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Shape shape;
    Strides strides;
    for (std::int64_t axis : a.axes) {
      shape.push_back(in[0].shape()[static_cast<int>(axis)]);
      strides.push_back(in[0].strides()[static_cast<int>(axis)]);
    }
    return in[0].view(shape, strides);
  }
  static void batch(Batching& b) {
    Attributes a{{0}};
    for (std::int64_t axis : b.attributes<Attributes>().axes) a.axes.push_back(axis + 1);
    b.execute({b.operand(0)}, &a);
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    Dims inverse = a.axes;
    for (int i = 0; i < inverse.rank(); ++i) inverse[static_cast<int>(a.axes[i])] = i;
    p.give(0, permute(p.cotangent(), inverse));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axes={}", a.axes); }
};

// The shape asked for, with -1 resolved.
Shape resolve(const Tensor& x, const Shape& shape) {
  constexpr std::string_view kWho = "reshape";
  int missing = -1;
  Shape others = shape;  // without the missing one
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == -1 && missing >= 0)
      refuse(kWho, "shape {} has more than one -1; only one extent can follow from the others",
             shape);
    if (shape[axis] < -1)
      refuse(kWho, "shape {} has the extent {}; extents are at least 0, or -1", shape, shape[axis]);
    if (shape[axis] == -1) others[missing = axis] = 1;
  }
  const std::int64_t known = others.try_size().value_or(INT64_MAX);  // more than a tensor has
  Shape result = shape;
  if (missing >= 0 && known > 0 && x.size() % known == 0) {
    result[missing] = x.size() / known;
  } else if (missing >= 0 || known != x.size()) {
    refuse(kWho, "{} has {} elements, which do not fill {}", x.shape(), x.size(), shape);
  }
  return result;
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape, Site site) {
  const CallSite call(site);
  const Shape target = resolve(x, shape);
  return target == x.shape() ? x : apply<Reshape>({&x}, {target});
}

Tensor transpose(const Tensor& x, Site site) {
  const CallSite call(site);
  if (x.rank() < 2) refuse("transpose", "shape {} has no last two axes to exchange", x.shape());
  return apply<Transpose>({&x}, {x.rank() - 2, x.rank() - 1});
}

Tensor transpose(const Tensor& x, int first, int second, Site site) {
  const CallSite call(site);
  first = normalize_axis("transpose", first, x.rank());
  second = normalize_axis("transpose", second, x.rank());
  return first == second ? x : apply<Transpose>({&x}, {first, second});
}

Tensor permute(const Tensor& x, const Dims& axes, Site site) {
  const CallSite call(site);
  if (axes.rank() != x.rank())
    refuse("permute", "{} names {} axes of shape {}; all {} must be named", axes, axes.rank(),
           x.shape(), x.rank());
  Dims order;
  AxisSet seen = 0;
  for (std::int64_t axis : axes) {
    order.push_back(normalize_axis("permute", axis, x.rank()));
    const AxisSet bit = axis_bit(static_cast<int>(order.back()));
    if (seen & bit)
      refuse("permute", "axis {} is named twice in {}; name each axis once", axis, axes);
    seen |= bit;
  }
  return apply<Permute>({&x}, {order});
}

Tensor squeeze(const Tensor& x, const Axes& axes, Site site) {
  const CallSite call(site);
  const AxisSet set = axes.resolve("squeeze", x.rank());
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t extent = x.shape()[axis];
    const bool named = set & axis_bit(axis);
    if (named && !axes.all() && extent != 1)
      refuse("squeeze", "axis {} of shape {} has extent {}; only an extent of 1 can be removed",
             axis, x.shape(), extent);
    if (!named || extent != 1) shape.push_back(extent);
  }
  return reshape(x, shape);
}

Tensor unsqueeze(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  Shape shape = x.shape();
  shape.insert(normalize_axis("unsqueeze", axis, x.rank() + 1), 1);
  return reshape(x, shape);
}

}  // namespace tapestry
