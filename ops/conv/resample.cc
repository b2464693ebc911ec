#include "ops/conv/resample.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"

namespace tapestry::detail {
namespace {

constexpr std::string_view kNames[3][3] = {
    {"avg_pool1d", "avg_pool2d", "avg_pool3d"},
    {"adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"},
    {"interpolate", "interpolate", "interpolate"}};
constexpr std::string_view kTransposes[3][3] = {
    {"avg_unpool1d", "avg_unpool2d", "avg_unpool3d"},
    {"adaptive_avg_unpool1d", "adaptive_avg_unpool2d", "adaptive_avg_unpool3d"},
    {"interpolate_transpose", "interpolate_transpose", "interpolate_transpose"}};

Bands bands_of(Resampler resampler, const Resampling& a, std::size_t i) {
  const Windows& w = a.windows;
  const std::int64_t input = w.input[i], output = w.output[i];
  switch (resampler) {
    case Resampler::avg_pool:
      return window_means(input, output, w.kernel[i], w.stride[i], w.padding[i], a.count_padding);
    case Resampler::adaptive_avg_pool:
      return even_means(input, output);
    case Resampler::interpolate:
      break;
  }
  return a.linear ? between(input, output, a.ratio[i], a.align_corners)
                  : nearest(input, output, a.ratio[i]);
}

// One axis after the other: the last one, whose neighbours lie side by side, while there is least.
Tensor execute(Resampler resampler, const Tensor& x, const Resampling& a, bool transposed_map) {
  Tensor current = x.contiguous();
  const auto volume = [&](bool of_output) {
    return Windows::volume(of_output ? a.windows.output : a.windows.input);
  };
  const bool grows = volume(!transposed_map) > volume(transposed_map);
  for (int step = 0; step < a.axes; ++step) {
    const int axis = grows ? a.axes + 1 - step : 2 + step;  // of the tensor
    const auto i = static_cast<std::size_t>(axis - 2 + kSpatial - a.axes);
    const std::int64_t from = transposed_map ? a.windows.output[i] : a.windows.input[i],
                       to = transposed_map ? a.windows.input[i] : a.windows.output[i];
    Bands bands = bands_of(resampler, a, i);
    if (transposed_map) bands = transposed(bands, to);
    Shape shape = current.shape();
    std::int64_t outer = 1, inner = 1;
    for (int k = 0; k < shape.rank(); ++k) (k < axis ? outer : inner) *= k == axis ? 1 : shape[k];
    shape[axis] = to;
    Tensor next = Tensor::uninitialized(shape, x.dtype());
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      apply_bands<T>(bands, from, outer, inner, current.data<T>(), next.mutable_data<T>());
    });
    current = next;
  }
  return current;
}

template <Resampler R, int Axes, bool Transposed>
struct Resample {
  static constexpr std::string_view name =
      (Transposed ? kTransposes : kNames)[static_cast<std::size_t>(R)][Axes - 1];
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Resampling;
  static Tensor forward(Inputs in, const Attributes& a) { return execute(R, in[0], a, Transposed); }
  static void vjp(Pullback& p) {
    p.give(0, apply<Resample<R, Axes, !Transposed>>({&p.cotangent()}, p.attributes<Attributes>()));
  }
  static void batch(Batching& b) {
    const Tensor x = merge_batch(b.operand(0));
    b.give({split_batch(apply<Resample>({&x}, b.attributes<Attributes>()), b.size())});
  }
  static std::string describe(const Attributes& a) {
    if constexpr (R == Resampler::avg_pool) return tapestry::detail::describe(a.windows, Axes);
    return fmt::format("size={}{}", spatial_text(a.windows.output, Axes),
                       a.linear ? ", linear" : "");
  }
};

template <Resampler R>
Tensor resample_axes(const Tensor& x, const Resampling& a) {
  if (a.axes == 1) return apply<Resample<R, 1, false>>({&x}, a);
  if (a.axes == 2) return apply<Resample<R, 2, false>>({&x}, a);
  return apply<Resample<R, 3, false>>({&x}, a);
}

}  // namespace

Tensor resample(Resampler resampler, const Tensor& x, const Resampling& a) {
  switch (resampler) {
    case Resampler::avg_pool:
      return resample_axes<Resampler::avg_pool>(x, a);
    case Resampler::adaptive_avg_pool:
      return resample_axes<Resampler::adaptive_avg_pool>(x, a);
    case Resampler::interpolate:
      break;
  }
  return resample_axes<Resampler::interpolate>(x, a);
}

}  // namespace tapestry::detail
