#include "ops/reduce/extremes.h"

#include <algorithm>
#include <limits>

#include "engine/grad/batching.h"
#include "engine/grad/fold.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

template <bool kMax>
struct Extreme {
  static constexpr bool selects = true;
  template <class A>
  static constexpr A limit(bool top) {
    if constexpr (std::numeric_limits<A>::has_infinity)
      return top ? std::numeric_limits<A>::infinity() : -std::numeric_limits<A>::infinity();
    else
      return top ? std::numeric_limits<A>::max() : std::numeric_limits<A>::lowest();
  }
  template <class A>
  static constexpr A start = limit<A>(!kMax);
  // NaN differs from itself; once held it stays, since no comparison with it holds.
  template <class A, class T>
  static A step(A held, T x) {
    const auto candidate = static_cast<A>(x);
    const A best = (kMax ? candidate > held : candidate < held) ? candidate : held;
    return candidate != candidate ? candidate : best;
  }
};

// Booleans are compared as bytes.
template <class F>
void visit_ordered(DType dtype, F&& f) {
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    f(std::type_identity<std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>>{});
  });
}

// For each element of x 1/n where it is one of n that equal the extreme y of their group, else 0.
struct Shares {
  static constexpr std::string_view name = "extreme_shares";
  static constexpr int arity = 2;
  static constexpr bool not_differentiable = true;  // constant wherever it is smooth
  struct Attributes {
    AxisSet axes;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor shares = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    visit_floating(shares.dtype(), [&]<class T>(std::type_identity<T>) {
      for_each<T>(shares, in[0], in[1],
                  [](T, T x, T y) { return x == y || (x != x && y != y) ? T(1) : T(0); });
      for_each<T>(shares, in[0], sum_axes(shares, a.axes, 0),
                  [](T share, T, T n) { return share / n; });
    });
    return shares;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  template <class T, class F>
  static void for_each(Tensor& shares, const Tensor& x, const Tensor& y, F&& f) {
    const Strides stretched = broadcast_strides(y.shape(), y.strides(), x.shape());
    const Rows<3> rows(x.shape(), {&shares.strides(), &x.strides(), &stretched});
    T* out = shares.mutable_data<T>();
    parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
      rows.for_each(first, last, [&](const std::array<std::int64_t, 3>& at) {
        const auto [to, p, q] = rows.inner;
        for (std::int64_t i = 0; i < rows.length; ++i) {
          T& share = out[at[0] + i * to];
          share = f(share, x.data<T>()[at[1] + i * p], y.data<T>()[at[2] + i * q]);
        }
      });
    });
  }
};

template <bool kMax>
struct Reduce {
  static constexpr std::string_view name = kMax ? "max" : "min";
  static constexpr int arity = 1;
  struct Attributes {
    AxisSet axes, dropped;
  };
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result =
        Tensor::uninitialized(reduced_shape(in[0].shape(), a.axes, a.dropped), in[0].dtype());
    visit_ordered(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      reduce<Extreme<kMax>, T, T>(in[0], a.axes, result.mutable_data<T>());
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    const Shape kept = reduced_shape(p.input_shape(0), a.axes, 0);
    const Tensor y = reshape(p.output(), kept);
    p.give(0, reshape(p.cotangent(), kept) * apply<Shares>({&p.input(0), &y}, {a.axes}));
  }
  static std::string describe(const Attributes& a) { return describe_axes(a.axes, a.dropped); }
};

template <bool kMax>
struct Position {
  static constexpr std::string_view name = kMax ? "argmax" : "argmin";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    int axis;
    bool keepdims;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor& x = in[0];
    const AxisSet axes = axis_bit(a.axis);
    Tensor result =
        Tensor::uninitialized(reduced_shape(x.shape(), axes, a.keepdims ? 0 : axes), DType::i64);
    Shape shape = x.shape();
    Strides strides = x.strides();
    shape.erase(a.axis);
    strides.erase(a.axis);
    const Strides to = row_major(shape);
    const Rows<2> rows(shape, {&strides, &to});
    const std::int64_t extent = x.shape()[a.axis], step = x.strides()[a.axis];
    const std::int64_t width = std::abs(rows.inner[0]) <= std::abs(step) ? kWidth : 1;
    visit_ordered(x.dtype(), [&]<class T>(std::type_identity<T>) {
      parallel_for(rows.count, rows.length * extent, [&](std::int64_t first, std::int64_t last) {
        rows.for_each(first, last, [&](const std::array<std::int64_t, 2>& at) {
          for (std::int64_t i = 0; i < rows.length; i += width)
            scan(x.data<T>() + at[0] + i * rows.inner[0], rows.inner[0], step, extent,
                 std::min(width, rows.length - i), result.mutable_data<std::int64_t>() + at[1] + i);
        });
      });
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}{}", a.axis, a.keepdims ? ", keepdims" : "");
  }

 private:
  static constexpr std::int64_t kWidth = 256;

  // `width` neighbours side by side, each along the axis.
  template <class T>
  static void scan(const T* x, std::int64_t stride, std::int64_t step, std::int64_t extent,
                   std::int64_t width, std::int64_t* out) {
    T held[kWidth];
    for (std::int64_t j = 0; j < width; ++j) {
      held[j] = x[j * stride];
      out[j] = 0;
    }
    for (std::int64_t k = 1; k < extent; ++k)
      for (std::int64_t j = 0; j < width; ++j) {
        const T candidate = x[k * step + j * stride];
        const bool nan = candidate != candidate && held[j] == held[j];
        if (nan || (kMax ? candidate > held[j] : candidate < held[j])) {
          held[j] = candidate;
          out[j] = k;
        }
      }
  }
};

void refuse_empty(std::string_view who, const Shape& shape, AxisSet axes) {
  for (int axis = 0; axis < shape.rank(); ++axis)
    if ((axes & axis_bit(axis)) && shape[axis] == 0)
      refuse(who, "axis {} of shape {} has no elements; at least one is needed to choose from",
             axis, shape);
}

template <bool kMax>
Tensor extreme(const Tensor& x, const ReduceOptions& options) {
  constexpr std::string_view kWho = Reduce<kMax>::name;
  const AxisSet axes = options.axis.resolve(kWho, x.rank());
  refuse_empty(kWho, x.shape(), axes);
  return apply<Reduce<kMax>>({&x}, {axes, options.keepdims ? 0 : axes});
}

template <bool kMax>
Tensor position(const Tensor& x, const ArgOptions& options) {
  constexpr std::string_view kWho = Position<kMax>::name;
  if (options.axis) {
    const int axis = normalize_axis(kWho, *options.axis, x.rank());
    refuse_empty(kWho, x.shape(), axis_bit(axis));
    return apply<Position<kMax>>({&x}, {axis, options.keepdims});
  }
  refuse_empty(kWho, x.shape(), axis_bit(x.rank()) - 1);
  const Tensor flat = reshape(x, {x.size()});
  const Tensor result = apply<Position<kMax>>({&flat}, {0, false});
  return options.keepdims ? reshape(result, Shape(x.rank(), 1)) : result;
}

}  // namespace

Tensor max(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  return extreme<true>(x, options);
}
Tensor min(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  return extreme<false>(x, options);
}
Tensor argmax(const Tensor& x, const ArgOptions& options, Site site) {
  const CallSite call(site);
  return position<true>(x, options);
}
Tensor argmin(const Tensor& x, const ArgOptions& options, Site site) {
  const CallSite call(site);
  return position<false>(x, options);
}

}  // namespace tapestry
