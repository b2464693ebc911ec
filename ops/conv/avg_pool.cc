#include "ops/conv/pool.h"
#include "ops/conv/resample.h"

namespace tapestry {
using namespace detail;
namespace {

template <int Axes>
Tensor pool(std::string_view who, const Tensor& x, const PerAxis& kernel,
            const AvgPoolOptions& options) {
  check_input(who, x, Axes);
  Resampling a{.axes = Axes,
               .windows = pool_windows(who, x, Axes, kernel, options.stride, options.padding, 1,
                                       options.ceil_mode),
               .count_padding = options.count_include_pad};
  return resample(Resampler::avg_pool, x, a);
}

template <int Axes>
Tensor adaptive(std::string_view who, const Tensor& x, const PerAxis& output_size) {
  check_input(who, x, Axes);
  Resampling a{.axes = Axes, .windows = {}};
  a.windows.input = spatial(x.shape(), Axes);
  check_extents(who, a.windows.input, Axes);
  a.windows.output = spatial(output_size.resolve(who, "output_size", Axes, 1), Axes);
  return resample(Resampler::adaptive_avg_pool, x, a);
}

}  // namespace

Tensor avg_pool1d(const Tensor& x, const PerAxis& kernel, const AvgPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<1>("avg_pool1d", x, kernel, options);
}
Tensor avg_pool2d(const Tensor& x, const PerAxis& kernel, const AvgPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<2>("avg_pool2d", x, kernel, options);
}
Tensor avg_pool3d(const Tensor& x, const PerAxis& kernel, const AvgPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<3>("avg_pool3d", x, kernel, options);
}

Tensor adaptive_avg_pool1d(const Tensor& x, const PerAxis& output_size, Site site) {
  const CallSite call(site);
  return adaptive<1>("adaptive_avg_pool1d", x, output_size);
}
Tensor adaptive_avg_pool2d(const Tensor& x, const PerAxis& output_size, Site site) {
  const CallSite call(site);
  return adaptive<2>("adaptive_avg_pool2d", x, output_size);
}
Tensor adaptive_avg_pool3d(const Tensor& x, const PerAxis& output_size, Site site) {
  const CallSite call(site);
  return adaptive<3>("adaptive_avg_pool3d", x, output_size);
}

}  // namespace tapestry
