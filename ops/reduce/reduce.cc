#include "ops/reduce/reduce.h"

#include <algorithm>

#include "engine/grad/batching.h"
#include "engine/grad/fold.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/reduce/centered.h"
#include "ops/reduce/flat_power.h"
#include "ops/reduce/magnitude.h"

namespace tapestry {
using namespace detail;
namespace {

// How many elements fall on one result.
double folded_size(const Shape& shape, AxisSet axes) {
  double n = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (axes & axis_bit(axis)) n *= static_cast<double>(shape[axis]);
  return n;
}

Tensor mean_over(const Tensor& x, AxisSet axes, bool keepdims) {
  return sum_axes(x, axes, keepdims ? 0 : axes) / folded_size(x.shape(), axes);
}

// The deviations from the mean, and the number by which the sum of their squares is divided.
struct Deviations {
  Tensor from_mean;
  AxisSet axes;
  double n;
};
Deviations deviations(std::string_view who, const Tensor& x, const VarianceOptions& options) {
  require_floating(who, x);
  const AxisSet axes = options.axis.resolve(who, x.rank());
  return {centered(x, options.axis), axes,
          std::max(0.0, folded_size(x.shape(), axes) - options.correction)};
}

// Truth values are folded as bytes.
struct Or {
  template <class A>
  static constexpr A start = 0;
  template <class A, class T>
  static A step(A any, T x) {
    return static_cast<A>(any | static_cast<A>(x != 0));
  }
};
struct And {
  template <class A>
  static constexpr A start = 1;
  template <class A, class T>
  static A step(A all, T x) {
    return static_cast<A>(all & static_cast<A>(x != 0));
  }
};

template <class Fold>
struct Truth {
  static constexpr std::string_view name = std::is_same_v<Fold, Or> ? "any" : "all";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    AxisSet axes, dropped;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result =
        Tensor::uninitialized(reduced_shape(in[0].shape(), a.axes, a.dropped), DType::boolean);
    visit(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      reduce<Fold, T, std::uint8_t>(in[0], a.axes, result.mutable_data<std::uint8_t>());
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static std::string describe(const Attributes& a) { return describe_axes(a.axes, a.dropped); }
};

template <class Fold>
Tensor truth(const Tensor& x, const ReduceOptions& options) {
  const AxisSet axes = options.axis.resolve(Truth<Fold>::name, x.rank());
  return apply<Truth<Fold>>({&x}, {axes, options.keepdims ? 0 : axes});
}

}  // namespace

Tensor sum(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  const AxisSet axes = options.axis.resolve("sum", x.rank());
  return sum_axes(x, axes, options.keepdims ? 0 : axes);
}

Tensor mean(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  require_floating("mean", x);
  return mean_over(x, options.axis.resolve("mean", x.rank()), options.keepdims);
}

Tensor var(const Tensor& x, const VarianceOptions& options, Site site) {
  const CallSite call(site);
  const auto [d, axes, n] = deviations("var", x, options);
  return sum_axes(square(d), axes, options.keepdims ? 0 : axes) / n;
}
Tensor std(const Tensor& x, const VarianceOptions& options, Site site) {
  const CallSite call(site);
  const auto [d, axes, n] = deviations("std", x, options);
  const Tensor scale = magnitude(d, options.axis);
  const Tensor result = flat_power(sum_axes(square(d / scale), axes, 0) / n, 0.5) * scale;
  return options.keepdims ? result : reshape(result, reduced_shape(x.shape(), axes, axes));
}
Tensor variance(const Tensor& x, const VarianceOptions& options, Site site) {
  return var(x, options, site);
}
Tensor stddev(const Tensor& x, const VarianceOptions& options, Site site) {
  return tapestry::std(x, options, site);
}

Tensor any(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  return truth<Or>(x, options);
}
Tensor all(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  return truth<And>(x, options);
}

}  // namespace tapestry
