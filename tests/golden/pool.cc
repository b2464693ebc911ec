#include "tests/golden/table.h"

namespace tapestry::golden {
using namespace detail;
namespace {

PerAxis kernel(const Attributes& with) { return per_axis(with, "kernel", {}); }
bool ceil_mode(const Attributes& with) { return with.value("ceil_mode", false); }

MaxPoolOptions max_options(const Attributes& with) {
  return {per_axis(with, "stride", {}), per_axis(with, "padding", 0), per_axis(with, "dilation", 1),
          ceil_mode(with)};
}

MaxUnpoolOptions unpool_options(const Attributes& with) {
  return {per_axis(with, "stride", {}), per_axis(with, "padding", 0),
          per_axis(with, "output_size", {})};
}

AvgPoolOptions avg_options(const Attributes& with) {
  return {per_axis(with, "stride", {}), per_axis(with, "padding", 0), ceil_mode(with),
          with.value("count_include_pad", true)};
}

PerAxis output_size(const Attributes& with) { return per_axis(with, "output_size", {}); }

InterpolateOptions resizing(const Attributes& with) {
  return {per_axis(with, "size", {}), with.value("scale", 0.0),
          with.at("mode") == "nearest" ? Interpolation::nearest : Interpolation::linear,
          with.value("align_corners", false)};
}

Call pooling(MaxPooled (*pool)(const Tensor&, const PerAxis&, const MaxPoolOptions&, Site)) {
  return [pool](const Tensors& x, const Attributes& with) -> Results {
    const MaxPooled pooled = pool(x[0], kernel(with), max_options(with), {});
    return {pooled.values, pooled.indices};
  };
}

Call unpooling(Tensor (*unpool)(const Tensor&, const Tensor&, const PerAxis&,
                                const MaxUnpoolOptions&, Site)) {
  return [unpool](const Tensors& x, const Attributes& with) -> Results {
    return unpool(x[0], x[1], kernel(with), unpool_options(with), {});
  };
}

}  // namespace

Table pool_table() {
  using X = const Tensors&;
  using With = const Attributes&;
#define POOLING(name, options)                                                               \
  {                                                                                          \
#name, [](X x, With with) -> Results { return name(x[0], kernel(with), options(with)); } \
  }
#define ADAPTIVE(name)                                                             \
  {                                                                                \
#name, [](X x, With with) -> Results { return name(x[0], output_size(with)); } \
  }
  return {
      POOLING(max_pool1d, max_options),
      POOLING(max_pool2d, max_options),
      POOLING(max_pool3d, max_options),
      {"max_pool1d_with_indices", pooling(max_pool1d_with_indices)},
      {"max_pool2d_with_indices", pooling(max_pool2d_with_indices)},
      {"max_pool3d_with_indices", pooling(max_pool3d_with_indices)},
      {"max_unpool1d", unpooling(max_unpool1d)},
      {"max_unpool2d", unpooling(max_unpool2d)},
      {"max_unpool3d", unpooling(max_unpool3d)},
      POOLING(avg_pool1d, avg_options),
      POOLING(avg_pool2d, avg_options),
      POOLING(avg_pool3d, avg_options),
      ADAPTIVE(adaptive_avg_pool1d),
      ADAPTIVE(adaptive_avg_pool2d),
      ADAPTIVE(adaptive_avg_pool3d),
      {"interpolate", [](X x, With with) -> Results { return interpolate(x[0], resizing(with)); }},
  };
#undef POOLING
#undef ADAPTIVE
}

}  // namespace tapestry::golden
