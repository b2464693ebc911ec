#include "engine/grad/broadcast.h"

#include "engine/grad/batching.h"
#include "engine/grad/fold.h"
#include "engine/grad/pullback.h"

namespace tapestry {
using namespace detail;
namespace {

// The strides of x seen through `shape`, where the axes in `inserted` are new.
Strides stretched(const Tensor& x, const Shape& shape, AxisSet inserted) {
  Strides strides(shape.rank(), 0);
  int source = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (inserted & axis_bit(axis)) continue;
    if (x.shape()[source] == shape[axis]) strides[axis] = x.strides()[source];
    ++source;
  }
  return strides;
}

struct Broadcast {
  static constexpr std::string_view name = "broadcast_to";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    Shape shape;
    AxisSet inserted;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    return in[0].view(a.shape, stretched(in[0], a.shape, a.inserted));
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    const Shape from = p.input_shape(0);
    AxisSet axes = a.inserted;
    for (int axis = 0, source = 0; axis < a.shape.rank(); ++axis)
      if (!(a.inserted & axis_bit(axis)) && from[source++] != a.shape[axis]) axes |= axis_bit(axis);
    p.give(0, axes ? sum_axes(p.cotangent(), axes, a.inserted) : p.cotangent());
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    a.shape.insert(0, b.size());
    a.inserted <<= 1;
    b.execute({b.operand(0)}, &a);
  }
  static std::string describe(const Attributes& a) { return fmt::format("shape={}", a.shape); }
};

struct Plus {
  template <class A>
  static constexpr A start = A(0);
  template <class A, class T>
  static A step(A sum, T x) {
    return sum + static_cast<A>(x);
  }
};

struct Sum {
  static constexpr std::string_view name = "sum";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    AxisSet axes, dropped;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const DType dtype = is_floating(in[0].dtype()) ? in[0].dtype() : DType::i64;
    Tensor result = Tensor::uninitialized(reduced_shape(in[0].shape(), a.axes, a.dropped), dtype);
    visit(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      using Out = std::conditional_t<std::is_same_v<T, bool>, std::int64_t, T>;
      reduce<Plus, T, Out>(in[0], a.axes, result.mutable_data<Out>());
    });
    return result;
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    p.give(0, apply<Broadcast>({&p.cotangent()}, {p.input_shape(0), a.dropped}));
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static std::string describe(const Attributes& a) { return describe_axes(a.axes, a.dropped); }
};

}  // namespace

Tensor broadcast_to(const Tensor& x, const Shape& shape, Site site) {
  const CallSite call(site);
  if (!broadcasts_to(x.shape(), shape))
    refuse("broadcast_to", "shape {} does not broadcast to {}", x.shape(), shape);
  if (x.shape() == shape) return x;
  return apply<Broadcast>({&x}, {shape, axis_bit(shape.rank() - x.rank()) - 1});
}

Tensor detail::sum_axes(const Tensor& x, AxisSet axes, AxisSet dropped) {
  return apply<Sum>({&x}, {axes, dropped});
}

Tensor detail::sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  if (!broadcasts_to(shape, x.shape()))
    refuse("sum_to", "shape {} does not broadcast to {}", shape, x.shape());
  const int lead = x.rank() - shape.rank();
  const AxisSet dropped = axis_bit(lead) - 1;
  AxisSet axes = dropped;
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] != x.shape()[lead + i]) axes |= axis_bit(lead + i);
  return sum_axes(x, axes, dropped);
}

}  // namespace tapestry
