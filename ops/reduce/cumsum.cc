#include "ops/reduce/cumsum.h"

#include <algorithm>

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/rows.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::int64_t kWidth = 256;

// `width` running sums side by side, single precision in double.
template <class T, class Out>
void run(const T* x, std::int64_t stride, std::int64_t step, Out* y, std::int64_t to,
         std::int64_t out_step, std::int64_t extent, std::int64_t width) {
  using Sum = std::conditional_t<std::is_same_v<Out, float>, double, Out>;
  if (width == 1) {  // in a register
    Sum sum = 0;
    for (std::int64_t k = 0; k < extent; ++k)
      y[k * out_step] = static_cast<Out>(sum += static_cast<Out>(x[k * step]));
    return;
  }
  Sum sums[kWidth];
  std::fill(sums, sums + width, 0);
  for (std::int64_t k = 0; k < extent; ++k)
    for (std::int64_t j = 0; j < width; ++j) {
      sums[j] += static_cast<Out>(x[k * step + j * stride]);
      y[k * out_step + j * to] = static_cast<Out>(sums[j]);
    }
}

struct Cumsum {
  static constexpr std::string_view name = "cumsum";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    int axis;
    bool reverse;  // from the end
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor& x = in[0];
    Tensor result =
        Tensor::uninitialized(x.shape(), is_floating(x.dtype()) ? x.dtype() : DType::i64);
    Shape shape = x.shape();
    Strides strides = x.strides(), to = result.strides();
    const std::int64_t extent = shape[a.axis];
    std::int64_t step = strides[a.axis], out_step = to[a.axis], start = 0, out_start = 0;
    if (a.reverse) {
      start = (extent - 1) * step;
      out_start = (extent - 1) * out_step;
      step = -step;
      out_step = -out_step;
    }
    shape.erase(a.axis);
    strides.erase(a.axis);
    to.erase(a.axis);
    if (x.size() == 0) return result;
    const Rows<2> rows(shape, {&strides, &to});
    const std::int64_t width = std::abs(rows.inner[0]) <= std::abs(step) ? kWidth : 1;
    const std::int64_t cuts = (rows.length + width - 1) / width;
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      using Out = std::conditional_t<std::is_same_v<T, bool>, std::int64_t, T>;
      const T* from = x.data<T>() + start;
      Out* out = result.mutable_data<Out>() + out_start;
      parallel_for(rows.count * cuts, extent * width, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t unit = first; unit < last; ++unit) {
          const auto at = rows.offsets(unit / cuts);
          const std::int64_t column = unit % cuts * width;
          run(from + at[0] + column * rows.inner[0], rows.inner[0], step,
              out + at[1] + column * rows.inner[1], rows.inner[1], out_step, extent,
              std::min(width, rows.length - column));
        }
      });
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    p.give(0, apply<Cumsum>({&p.cotangent()}, {a.axis, !a.reverse}));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}{}", a.axis, a.reverse ? ", reverse" : "");
  }
};

}  // namespace

Tensor cumsum(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  return apply<Cumsum>({&x}, {normalize_axis("cumsum", axis, x.rank()), false});
}

}  // namespace tapestry
