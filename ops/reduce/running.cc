#include "ops/reduce/running.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/layout/index.h"
#include "ops/reduce/lines.h"

namespace tapestry {
using namespace detail;
namespace {

template <bool kMax>
struct RunningExtreme {
  static constexpr std::string_view name = kMax ? "cummax" : "cummin";
  static constexpr int arity = 1;
  struct Attributes {
    int axis;
  };
  static constexpr SaveMask saves(int) { return save_output(1); }
  static void forward(Inputs in, const Attributes& a, std::span<Tensor> outputs) {
    const Tensor& x = in[0];
    Tensor values = Tensor::uninitialized_like(x);
    Tensor indices = Tensor::uninitialized(x.shape(), DType::i64);
    const std::int64_t extent = x.shape()[a.axis], step = x.strides()[a.axis],
                       to = indices.strides()[a.axis];
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for_lines<2>(x.shape(), a.axis, {x.strides(), indices.strides()}, [&](const auto& at) {
        const T* line = x.data<T>() + at[0];
        T* value = values.mutable_data<T>() + at[1];
        auto* index = indices.mutable_data<std::int64_t>() + at[1];
        std::int64_t held = 0;
        for (std::int64_t i = 0; i < extent; ++i) {
          const T best = line[held * step], next = line[i * step];
          // A NaN is taken, and given up for another NaN only.
          if (next != next || (best == best && (kMax ? next >= best : next <= best))) held = i;
          value[i * to] = line[held * step];
          index[i * to] = held;
        }
      });
    });
    outputs[0] = std::move(values);
    outputs[1] = std::move(indices);
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const Tensor nothing = zeros(p.input_shape(0), p.input_dtype(0));
    p.give(0, scatter_add(nothing, p.attributes<Attributes>().axis, p.output(1), p.cotangent()));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

template <bool kMax>
Running running(const Tensor& x, int axis) {
  axis = normalize_axis(RunningExtreme<kMax>::name, axis, x.rank());
  std::vector<Tensor> outputs = apply_many<RunningExtreme<kMax>>({&x}, 2, {axis});
  return {std::move(outputs[0]), std::move(outputs[1])};
}

}  // namespace

Running cummax(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  return running<true>(x, axis);
}
Running cummin(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  return running<false>(x, axis);
}

}  // namespace tapestry
