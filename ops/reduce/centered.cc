#include "ops/reduce/centered.h"

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/grad/fold.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"

namespace tapestry {
using namespace detail;
namespace {

// Single precision is summed in double.
struct WideSum {
  template <class A>
  static constexpr A start = A(0);
  template <class A, class T>
  static A step(A sum, T x) {
    return sum + static_cast<A>(x);
  }
};

// The means over axes, which stay with extent 1, in double.
template <class T>
Tensor means(const Tensor& x, AxisSet axes) {
  Tensor result = Tensor::uninitialized(reduced_shape(x.shape(), axes, 0), DType::f64);
  double* const sums = result.mutable_data<double>();
  reduce<WideSum, T>(x, axes, sums);
  const double n = static_cast<double>(x.size()) / static_cast<double>(result.size());
  for (std::int64_t i = 0; i < result.size(); ++i) sums[i] /= n;
  return result;
}

// to = x - mean.
template <class T>
void subtract(const Tensor& x, const Tensor& mean, Tensor& to) {
  const Strides down = broadcast_strides(mean.shape(), mean.strides(), x.shape());
  const Rows<3> rows(x.shape(), {&x.strides(), &down, &to.strides()});
  const auto [from, along, step] = rows.inner;
  parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
    rows.for_each(first, last, [&](const std::array<std::int64_t, 3>& at) {
      const T* p = x.data<T>() + at[0];
      const double* m = mean.data<double>() + at[1];
      T* q = to.mutable_data<T>() + at[2];
      if (from == 1 && step == 1 && along == 0)
        for (std::int64_t i = 0; i < rows.length; ++i)
          q[i] = static_cast<T>(static_cast<double>(p[i]) - *m);
      else
        for (std::int64_t i = 0; i < rows.length; ++i)
          q[i * step] = static_cast<T>(static_cast<double>(p[i * from]) - m[i * along]);
    });
  });
}

struct Centered {
  static constexpr std::string_view name = "centered";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    AxisSet axes;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    if (result.size() == 0) return result;
    visit_floating(result.dtype(), [&]<class T>(std::type_identity<T>) {
      subtract<T>(in[0], means<T>(in[0], a.axes), result);
      // Double precision has no wider one: what the mean was short of is the mean of what is left.
      if constexpr (std::is_same_v<T, double>) {
        const Tensor rough = result;
        subtract<T>(rough, means<T>(rough, a.axes), result);
      }
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  // It is its own transpose.
  static void vjp(Pullback& p) {
    p.give(0, apply<Centered>({&p.cotangent()}, p.attributes<Attributes>()));
  }
  static std::string describe(const Attributes& a) { return describe_axes(a.axes, 0); }
};

}  // namespace

Tensor centered(const Tensor& x, const Axes& axis, Site site) {
  const CallSite call(site);
  require_floating(Centered::name, x);
  return apply<Centered>({&x}, {axis.resolve(Centered::name, x.rank())});
}

}  // namespace tapestry
