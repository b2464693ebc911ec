#include "ops/reduce/product.h"

#include "engine/grad/batching.h"
#include "engine/grad/fold.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/join.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

struct Times {
  template <class A>
  static constexpr A start = A(1);
  template <class A, class T>
  static A step(A product, T x) {
    return static_cast<A>(product * static_cast<A>(x));
  }
};

// g times the product of all other elements along the last axis, without dividing, so that zeros do
// no harm and the result can be differentiated again: products of pairs upwards, then down the same
// tree each element is given what its parent was given times its sibling.
Tensor times_others(const Tensor& x, const Tensor& g) {
  std::vector<Tensor> levels{x};
  while (levels.back().shape().back() > 1) {
    const Tensor& level = levels.back();
    const std::int64_t half = level.shape().back() / 2;
    Tensor next = slice(level, -1, 0, half) * slice(level, -1, half, 2 * half);
    if (level.shape().back() % 2) next = concat({next, slice(level, -1, {.start = 2 * half})}, -1);
    levels.push_back(next);
  }
  Tensor others = g;
  for (std::size_t i = levels.size() - 1; i-- > 0;) {
    const std::int64_t half = levels[i].shape().back() / 2;
    const Tensor given = slice(others, -1, 0, half);
    std::vector<Tensor> parts{given * slice(levels[i], -1, half, 2 * half),
                              given * slice(levels[i], -1, 0, half)};
    if (levels[i].shape().back() % 2) parts.push_back(slice(others, -1, {.start = half}));
    others = concat(parts, -1);
  }
  return others;
}

struct Prod {
  static constexpr std::string_view name = "prod";
  static constexpr int arity = 1;
  struct Attributes {
    AxisSet axes, dropped;
  };
  static constexpr SaveMask saves(int) { return save_input(0); }
  static Tensor forward(Inputs in, const Attributes& a) {
    // Each factor's rounding stays in a product, so those of single precision are made in double.
    const DType dtype = is_floating(in[0].dtype()) ? DType::f64 : DType::i64;
    Tensor result = Tensor::uninitialized(reduced_shape(in[0].shape(), a.axes, a.dropped), dtype);
    visit(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      using Out = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
      reduce<Times, T, Out>(in[0], a.axes, result.mutable_data<Out>());
    });
    return in[0].dtype() == DType::f32 ? result.to(DType::f32) : result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const Tensor& x = p.input(0);
    const AxisSet axes = p.attributes<Attributes>().axes;
    if (x.size() == 0) {
      p.give(0, zeros(x.shape(), x.dtype()));
      return;
    }
    // The folded axes become the last one, and return.
    Dims order;
    for (const bool folded : {false, true})
      for (int axis = 0; axis < x.rank(); ++axis)
        if (folded == static_cast<bool>(axes & axis_bit(axis))) order.push_back(axis);
    Dims inverse = order;
    for (int i = 0; i < order.rank(); ++i) inverse[static_cast<int>(order[i])] = i;
    const Tensor moved = permute(x, order).to(DType::f64);
    Shape lines = reduced_shape(x.shape(), axes, axes);
    lines.push_back(1);
    const Tensor g = reshape(p.cotangent().to(DType::f64), lines);
    lines[lines.rank() - 1] = x.size() / lines.size();
    const Tensor partials = times_others(reshape(moved, lines), g).to(x.dtype());
    p.give(0, permute(reshape(partials, moved.shape()), inverse));
  }
  static std::string describe(const Attributes& a) { return describe_axes(a.axes, a.dropped); }
};

}  // namespace

Tensor prod(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  const AxisSet axes = options.axis.resolve("prod", x.rank());
  return apply<Prod>({&x}, {axes, options.keepdims ? 0 : axes});
}

}  // namespace tapestry
