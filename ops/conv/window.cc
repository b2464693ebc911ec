#include "ops/conv/window.h"

#include <algorithm>

#include "ops/layout/view.h"

namespace tapestry::detail {
namespace {

Windows::Extents lead_with(std::int64_t missing, const Dims& values) {
  Windows::Extents extents;
  extents.fill(missing);
  std::copy(values.begin(), values.end(), extents.end() - values.rank());
  return extents;
}

// As the user counts: N and C come first.
int axis_of(int i, int axes) { return i - kSpatial + axes + 2; }

// Products of two such numbers, and sums of those, do not overflow.
constexpr std::int64_t kMost = std::int64_t{1} << 31;

void check_kernel(std::string_view who, int axes, const Windows& w) {
  for (int i = kSpatial - axes; i < kSpatial; ++i)
    if (w.kernel[i] < 1 || w.kernel[i] > kMost)
      refuse(who, "the kernel has extent {} on axis {}; it must be at {} {}", w.kernel[i],
             axis_of(i, axes), w.kernel[i] < 1 ? "least" : "most", w.kernel[i] < 1 ? 1 : kMost);
}

Dims last(const Windows::Extents& extents, int axes) {
  return Dims(std::span(extents.end() - axes, static_cast<std::size_t>(axes)));
}

}  // namespace

Dims PerAxis::resolve(std::string_view who, std::string_view what, int axes,
                      std::int64_t least) const {
  if (values_.rank() != 1 && values_.rank() != axes)
    refuse(who, "the {} has {} numbers; it takes one, or one for each of the {} spatial axes", what,
           values_.rank(), axes);
  for (std::int64_t value : values_)
    if (value < least || value > kMost)
      refuse(who, "the {} is {}; it must be at {} {}", what, value,
             value < least ? "least" : "most", value < least ? least : kMost);
  return values_.rank() == axes ? values_ : Dims(axes, values_[0]);
}

Windows resolve_windows(std::string_view who, int axes, const PerAxis& stride,
                        const PerAxis& padding, const PerAxis& dilation) {
  Windows windows;
  windows.stride = lead_with(1, stride.resolve(who, "stride", axes, 1));
  windows.padding = lead_with(0, padding.resolve(who, "padding", axes, 0));
  windows.dilation = lead_with(1, dilation.resolve(who, "dilation", axes, 1));
  return windows;
}

Windows::Extents spatial(const Dims& shape, int axes) {
  return lead_with(1, Dims(std::span(shape.end() - axes, static_cast<std::size_t>(axes))));
}

Shape with_spatial(std::int64_t batch, std::int64_t channels, const Windows::Extents& extents,
                   int axes) {
  Shape shape{batch, channels};
  for (std::int64_t extent : last(extents, axes)) shape.push_back(extent);
  return shape;
}

void fit_output(std::string_view who, int axes, bool ceil, Windows& w) {
  check_kernel(who, axes, w);
  for (int i = kSpatial - axes; i < kSpatial; ++i) {
    const std::int64_t padded = w.input[i] + 2 * w.padding[i], room = padded - w.reach(i);
    if (room < 0)
      refuse(who, "the kernel reaches over {} on axis {}, the padded input has {}; it must fit in",
             w.reach(i), axis_of(i, axes), padded);
    w.output[i] = (room + (ceil ? w.stride[i] - 1 : 0)) / w.stride[i] + 1;
    if (ceil && (w.output[i] - 1) * w.stride[i] >= w.input[i] + w.padding[i]) --w.output[i];
  }
}

void fit_input(std::string_view who, int axes, const PerAxis& output_padding, Windows& w) {
  check_kernel(who, axes, w);
  const Windows::Extents added =
      lead_with(0, output_padding.resolve(who, "output_padding", axes, 0));
  for (int i = kSpatial - axes; i < kSpatial; ++i) {
    if (w.output[i] > kMost)
      refuse(who, "axis {} has {} elements; it must have at most {}", axis_of(i, axes), w.output[i],
             kMost);
    if (added[i] > 0 && added[i] >= std::max(w.stride[i], w.dilation[i]))
      refuse(who, "the output_padding is {} on axis {}, the stride {}, the dilation {}; {}",
             added[i], axis_of(i, axes), w.stride[i], w.dilation[i],
             "it must be less than one of them");
    w.input[i] = (w.output[i] - 1) * w.stride[i] - 2 * w.padding[i] + w.reach(i) + added[i];
    if (w.output[i] < 1 || w.input[i] < 1)
      refuse(who, "the result would have {} elements on axis {}, of an input that has {}; {}",
             w.input[i], axis_of(i, axes), w.output[i], "both must be at least 1");
  }
}

Windows pool_windows(std::string_view who, const Tensor& x, int axes, const PerAxis& kernel,
                     const PerAxis& stride, const PerAxis& padding, const PerAxis& dilation,
                     bool ceil) {
  const Dims taps = kernel.resolve(who, "kernel", axes, 1);
  Windows w = resolve_windows(who, axes, stride.empty() ? kernel : stride, padding, dilation);
  w.kernel = lead_with(1, taps);
  w.input = spatial(x.shape(), axes);
  check_extents(who, w.input, axes);
  for (int i = kSpatial - axes; i < kSpatial; ++i)
    if (2 * w.padding[i] > w.kernel[i])
      refuse(who, "the padding is {} on axis {}, the kernel {}; it must be at most half of that",
             w.padding[i], axis_of(i, axes), w.kernel[i]);
  fit_output(who, axes, ceil, w);
  return w;
}

Windows unpool_windows(std::string_view who, const Tensor& y, int axes, const PerAxis& kernel,
                       const PerAxis& stride, const PerAxis& padding, const PerAxis& input) {
  const Dims taps = kernel.resolve(who, "kernel", axes, 1);
  Windows w = resolve_windows(who, axes, stride.empty() ? kernel : stride, padding, 1);
  w.kernel = lead_with(1, taps);
  w.output = spatial(y.shape(), axes);
  if (input.empty())
    fit_input(who, axes, 0, w);
  else
    w.input = lead_with(1, input.resolve(who, "output_size", axes, 1));
  return w;
}

void check_extents(std::string_view who, const Windows::Extents& extents, int axes) {
  for (int i = kSpatial - axes; i < kSpatial; ++i)
    if (extents[i] < 1)
      refuse(who, "axis {} has {} elements; it must have at least 1", axis_of(i, axes), extents[i]);
}

Tensor merge_batch(const Tensor& x) {
  Shape shape = x.shape();
  shape.erase(0);
  shape[0] *= x.shape()[0];
  return reshape(x, shape);
}

Tensor split_batch(const Tensor& x, std::int64_t size) {
  Shape shape = x.shape();
  shape[0] /= size;
  shape.insert(0, size);
  return reshape(x, shape);
}

void check_input(std::string_view who, const Tensor& x, int axes) {
  constexpr std::string_view kLayout[] = {"(N, C, L)", "(N, C, H, W)", "(N, C, D, H, W)"};
  require_floating(who, x, "the input");
  if (x.rank() != axes + 2)
    refuse(who, "the input has shape {}; it must have {} axes: {}", x.shape(), axes + 2,
           kLayout[axes - 1]);
}

std::string spatial_text(const Windows::Extents& extents, int axes) {
  return to_string(last(extents, axes));
}

std::string describe(const Windows& windows, int axes) {
  std::string text = fmt::format("kernel={}", last(windows.kernel, axes));
  const auto add = [&](std::string_view name, const Windows::Extents& value,
                       const Windows::Extents& usual) {
    if (value != usual) text += fmt::format(", {}={}", name, last(value, axes));
  };
  const Windows usual;
  add("stride", windows.stride, usual.stride);
  add("padding", windows.padding, usual.padding);
  add("dilation", windows.dilation, usual.dilation);
  return text;
}

}  // namespace tapestry::detail
