#include "ops/layout/placement.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/layout/assign.h"

namespace tapestry::detail {
namespace {

struct Slice {
  static constexpr std::string_view name = "slice";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    Placement placement;
    Shape extents;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Strides& whole = in[0].strides();
    return in[0].view(a.extents, a.placement.strides(whole), a.placement.offset(whole));
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    a.placement.add_whole_axis();
    a.extents.insert(0, b.size());
    b.execute({b.operand(0)}, &a);
  }
  static void vjp(Pullback& p) {
    p.give(0, place(p.cotangent(), p.attributes<Attributes>().placement, p.input_shape(0), 0));
  }
  static std::string describe(const Attributes& a) { return a.placement.text(); }
};

struct Pad {
  static constexpr std::string_view name = "pad";
  static constexpr int arity = 1;
  struct Attributes {
    Placement placement;
    Shape shape;
    double value;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = full(a.shape, a.value, in[0].dtype());
    const Strides whole = row_major(a.shape);
    assign(in[0], result, a.placement.strides(whole), a.placement.offset(whole));
    return result;
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    a.placement.add_whole_axis();
    a.shape.insert(0, b.size());
    b.execute({b.operand(0)}, &a);
  }
  static void vjp(Pullback& p) {
    p.give(0, cut(p.cotangent(), p.attributes<Attributes>().placement, p.input_shape(0)));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("shape={}, {}, value={}", a.shape, a.placement.text(), a.value);
  }
};

}  // namespace

Tensor cut(const Tensor& x, const Placement& placement, const Shape& extents) {
  const Dims zeros_here(x.rank(), 0), ones_here(x.rank(), 1);
  if (extents == x.shape() && placement.starts == zeros_here && placement.steps == ones_here)
    return x;
  return apply<Slice>({&x}, {placement, extents});
}

Tensor place(const Tensor& x, const Placement& placement, const Shape& shape, double value) {
  return apply<Pad>({&x}, {placement, shape, value});
}

}  // namespace tapestry::detail
