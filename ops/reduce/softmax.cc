#include "ops/reduce/softmax.h"

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/fold.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/assign.h"
#include "ops/layout/view.h"
#include "ops/reduce/softmax_rows.h"

namespace tapestry {
using namespace detail;
namespace {

// x with `axis` moved to the end, its rows in memory one after the other.
Tensor as_rows(const Tensor& x, int axis) {
  Shape shape = x.shape();
  Strides strides = x.strides();
  shape.erase(axis);
  strides.erase(axis);
  shape.push_back(x.shape()[axis]);
  strides.push_back(x.strides()[axis]);
  const Tensor moved = x.view(shape, strides);
  if (moved.is_contiguous()) return moved;
  Tensor rows = Tensor::uninitialized(shape, x.dtype());
  assign(moved, rows, rows.strides());
  return rows;
}

// The inverse of moving `axis` to the end.
Tensor moved_back(const Tensor& rows, int axis) {
  Shape shape = without_last(rows.shape());
  Strides strides = without_last(rows.strides());
  shape.insert(axis, rows.shape().back());
  strides.insert(axis, rows.strides().back());
  return rows.view(shape, strides);
}

// The function of each row of x, into y.
void fill_rows(RowFunction function, const Tensor& x, Tensor& y) {
  const std::int64_t n = x.shape().back(), step = function == RowFunction::logsumexp ? 1 : n;
  if (y.size() == 0) return;
  visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
    parallel_for(y.size() / step, 4 * n, [&](std::int64_t first, std::int64_t last) {
      softmax_rows(function, x.data<T>() + first * n, y.mutable_data<T>() + first * step,
                   last - first, n);
    });
  });
}

Tensor along(RowFunction function, const Tensor& x, int axis) {
  const Tensor rows = as_rows(x, axis);
  Tensor result = Tensor::uninitialized(rows.shape(), x.dtype());
  fill_rows(function, rows, result);
  return axis == x.rank() - 1 ? result : moved_back(result, axis);
}

// The vjp by its kernel: nothing follows it, so it need not be made of ops.
Tensor vjp_along(RowFunction function, Pullback& p, int axis) {
  const Tensor y = as_rows(p.output(), axis);
  Tensor g = as_rows(p.take_cotangent(), axis);
  Tensor gx = g.is_unique() ? detach(g) : Tensor::uninitialized_like(y);
  const std::int64_t n = y.shape().back();
  if (y.size() == 0) return moved_back(gx, axis);
  visit_floating(y.dtype(), [&]<class T>(std::type_identity<T>) {
    T* const out = gx.mutable_data<T>();
    parallel_for(y.size() / n, 4 * n, [&](std::int64_t first, std::int64_t last) {
      softmax_rows_vjp(function, y.data<T>() + first * n, g.data<T>() + first * n, out + first * n,
                       last - first, n);
    });
  });
  return moved_back(gx, axis);
}

struct Softmax {
  static constexpr std::string_view name = "softmax";
  static constexpr int arity = 1;
  struct Attributes {
    int axis;
    bool or_zeros;  // where all elements are -inf, instead of NaN
  };
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in, const Attributes& a) {
    return along(a.or_zeros ? RowFunction::softmax_or_zeros : RowFunction::softmax, in[0], a.axis);
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const int axis = p.attributes<Attributes>().axis;
    if (!p.followed()) return p.give(0, vjp_along(RowFunction::softmax, p, axis));
    const Tensor &y = p.output(), &g = p.cotangent();
    p.give(0, y * (g - sum_axes(g * y, axis_bit(axis), 0)));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

struct LogSoftmax {
  static constexpr std::string_view name = "log_softmax";
  static constexpr int arity = 1;
  struct Attributes {
    int axis;
  };
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in, const Attributes& a) {
    return along(RowFunction::log_softmax, in[0], a.axis);
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const int axis = p.attributes<Attributes>().axis;
    if (!p.followed()) return p.give(0, vjp_along(RowFunction::log_softmax, p, axis));
    const Tensor& g = p.cotangent();
    p.give(0, g - exp(p.output()) * sum_axes(g, axis_bit(axis), 0));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

struct LogSumExp {
  static constexpr std::string_view name = "logsumexp";
  static constexpr int arity = 1;
  struct Attributes {
    int axis;
    AxisSet dropped;
  };
  static constexpr SaveMask saves(int) { return save_input(0); }
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = Tensor::uninitialized(reduced_shape(in[0].shape(), axis_bit(a.axis), a.dropped),
                                          in[0].dtype());
    fill_rows(RowFunction::logsumexp, as_rows(in[0], a.axis), result);
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const int axis = p.attributes<Attributes>().axis;
    const Tensor g = reshape(p.cotangent(), reduced_shape(p.input_shape(0), axis_bit(axis), 0));
    p.give(0, g * apply<Softmax>({&p.input(0)}, {axis, true}));
  }
  static std::string describe(const Attributes& a) {
    return describe_axes(axis_bit(a.axis), a.dropped);
  }
};

}  // namespace

Tensor softmax(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  require_floating(Softmax::name, x);
  return apply<Softmax>({&x}, {normalize_axis(Softmax::name, axis, x.rank()), false});
}

Tensor detail::softmax_or_zeros(const Tensor& x, int axis) {
  return apply<Softmax>({&x}, {normalize_axis(Softmax::name, axis, x.rank()), true});
}

Tensor log_softmax(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  require_floating(LogSoftmax::name, x);
  return apply<LogSoftmax>({&x}, {normalize_axis(LogSoftmax::name, axis, x.rank())});
}

Tensor logsumexp(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  require_floating(LogSumExp::name, x);
  const AxisSet axes = options.axis.resolve(LogSumExp::name, x.rank());
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axes == axis_bit(axis)) return apply<LogSumExp>({&x}, {axis, options.keepdims ? 0 : axes});
  // Several axes become one, the last.
  Dims order;
  std::int64_t n = 1;
  for (const bool folded : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis) {
      if (folded != static_cast<bool>(axes & axis_bit(axis))) continue;
      order.push_back(axis);
      if (folded) n *= x.shape()[axis];
    }
  Shape lines = reduced_shape(x.shape(), axes, axes);
  const int last = lines.rank();
  lines.push_back(n);
  const Tensor moved = reshape(permute(x, order), lines);
  const Tensor result = apply<LogSumExp>({&moved}, {last, axis_bit(last)});
  return options.keepdims ? reshape(result, reduced_shape(x.shape(), axes, 0)) : result;
}

}  // namespace tapestry
