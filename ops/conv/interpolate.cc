#include "ops/conv/interpolate.h"

#include <algorithm>
#include <cmath>

#include "ops/conv/resample.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "interpolate";

}  // namespace

Tensor interpolate(const Tensor& x, const InterpolateOptions& options, Site site) {
  const CallSite call(site);
  const int axes = std::clamp(x.rank() - 2, 1, kSpatial);
  check_input(kWho, x, axes);
  const bool by_scale = options.scale != 0;
  if (by_scale != options.size.empty())
    refuse(kWho, "{} given; it takes one of them",
           by_scale ? "both size and scale are" : "neither size nor scale is");
  if (by_scale && !(options.scale > 0 && std::isfinite(options.scale)))
    refuse(kWho, "the scale is {}; it must be positive and finite", options.scale);
  Resampling a{.axes = axes,
               .windows = {},
               .linear = options.mode == Interpolation::linear,
               .align_corners = options.align_corners};
  if (a.align_corners && !a.linear)
    refuse(kWho, "align_corners says nothing of nearest; leave it out, or interpolate linearly");
  Windows& w = a.windows;
  w.input = spatial(x.shape(), axes);
  check_extents(kWho, w.input, axes);
  if (!by_scale) w.output = spatial(options.size.resolve(kWho, "size", axes, 1), axes);
  for (auto i = static_cast<std::size_t>(kSpatial - axes); i < kSpatial; ++i) {
    const auto input = static_cast<double>(w.input[i]);
    if (by_scale && input * options.scale >= 0x1p31)
      refuse(kWho, "the scale is {}, and the result would have {:g} elements on axis {}",
             options.scale, input * options.scale, static_cast<int>(i) - kSpatial + axes + 2);
    if (by_scale) w.output[i] = static_cast<std::int64_t>(std::floor(input * options.scale));
    const auto output = static_cast<double>(w.output[i]);
    a.ratio[i] = by_scale ? 1 / options.scale : input / output;
    if (a.align_corners) a.ratio[i] = w.output[i] > 1 ? (input - 1) / (output - 1) : 0;
  }
  check_extents(kWho, w.output, axes);
  return resample(Resampler::interpolate, x, a);
}

}  // namespace tapestry
