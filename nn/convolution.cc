#include "nn/convolution.h"

#include <cmath>

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr std::string_view kWho = "Conv2d";

// (out, in / groups, kernel...)
Shape weight_shape(std::int64_t in, std::int64_t out, const PerAxis& kernel, std::int64_t groups) {
  if (in < 1 || out < 1)
    refuse(kWho, "there are {} channels in and {} out; there must be at least 1", in, out);
  if (groups < 1 || in % groups != 0 || out % groups != 0)
    refuse(kWho, "{} channels in and {} out do not divide into {} groups; both must", in, out,
           groups);
  const Dims extents = kernel.resolve(kWho, "kernel", 2, 1);
  return {out, in / groups, extents[0], extents[1]};
}

Tensor initial(const Shape& shape, std::int64_t terms, Rng& rng, DType dtype) {
  const double bound = 1 / std::sqrt(static_cast<double>(terms));
  return uniform(shape, -bound, bound, rng, dtype);
}

// Of an output: the products that are summed for it.
std::int64_t terms(const Shape& weight) { return weight.size() / weight[0]; }

Windows windows_of(std::string_view who, const PerAxis& kernel, const PerAxis& stride,
                   const PerAxis& padding, const PerAxis& dilation) {
  const Dims taps = kernel.resolve(who, "kernel", 2, 1);
  Windows windows = resolve_windows(who, 2, stride.empty() ? kernel : stride, padding, dilation);
  windows.kernel = spatial(taps, 2);
  return windows;
}

std::string window_text(const PerAxis& kernel, const PerAxis& stride, const PerAxis& padding,
                        const PerAxis& dilation) {
  return describe(windows_of("windows", kernel, stride, padding, dilation), 2);
}

}  // namespace

Conv2d::Conv2d(std::int64_t in, std::int64_t out, const PerAxis& kernel, Rng& rng,
               const Conv2dOptions& options, Site site)
    : weight(
          [&] {
            const CallSite call(site);
            const Shape shape = weight_shape(in, out, kernel, options.groups);
            windows_of(kWho, kernel, options.stride, options.padding, options.dilation);
            return initial(shape, terms(shape), rng, options.dtype);
          }(),
          "weight"),
      bias(options.bias
               ? Parameter(initial({out}, terms(weight.shape()), rng, options.dtype), "bias")
               : Parameter()),
      options_(options) {}

Tensor Conv2d::forward(const Tensor& x) const {
  const ConvOptions options{options_.stride, options_.padding, options_.dilation, options_.groups};
  return bias.defined() ? conv2d(x, weight, bias, options) : conv2d(x, weight, options);
}

std::string Conv2d::type() const {
  const Shape& shape = weight.shape();
  return fmt::format(
      "Conv2d({}, {}, {}{}{})", shape[1] * options_.groups, shape[0],
      window_text({shape[2], shape[3]}, options_.stride, options_.padding, options_.dilation),
      options_.groups == 1 ? "" : fmt::format(", groups={}", options_.groups),
      bias.defined() ? "" : ", no bias");
}

Members Conv2d::members() {
  Members own{{"weight", weight}};
  if (bias.defined()) own.emplace_back("bias", bias);
  return own;
}

MaxPool2d::MaxPool2d(const PerAxis& kernel, const MaxPoolOptions& options, Site site)
    : kernel_(kernel), options_(options) {
  const CallSite call(site);
  windows_of("MaxPool2d", kernel, options.stride, options.padding, options.dilation);
}

std::string MaxPool2d::type() const {
  return fmt::format("MaxPool2d({})",
                     window_text(kernel_, options_.stride, options_.padding, options_.dilation));
}

AvgPool2d::AvgPool2d(const PerAxis& kernel, const AvgPoolOptions& options, Site site)
    : kernel_(kernel), options_(options) {
  const CallSite call(site);
  windows_of("AvgPool2d", kernel, options.stride, options.padding, 1);
}

std::string AvgPool2d::type() const {
  return fmt::format("AvgPool2d({})", window_text(kernel_, options_.stride, options_.padding, 1));
}

}  // namespace tapestry::nn
