#include "tests/golden/table.h"

namespace tapestry::golden {
using namespace detail;
namespace {

std::int64_t groups(const Attributes& with) { return with.value("groups", std::int64_t{1}); }

ConvOptions options(const Attributes& with) {
  return {per_axis(with, "stride", 1), per_axis(with, "padding", 0), per_axis(with, "dilation", 1),
          groups(with)};
}

ConvTransposeOptions transposed(const Attributes& with) {
  return {per_axis(with, "stride", 1), per_axis(with, "padding", 0), per_axis(with, "dilation", 1),
          per_axis(with, "output_padding", 0), groups(with)};
}

// With or without a bias.
template <class Convolution, class Options>
Results convolved(const Convolution& convolution, const Tensors& x, const Options& options) {
  return x.size() == 3 ? convolution(x[0], x[1], x[2], options) : convolution(x[0], x[1], options);
}

}  // namespace

Table conv_table() {
  using X = const Tensors&;
  using With = const Attributes&;
#define CONVOLUTION(name, options)                                                             \
  {                                                                                            \
#name, [](X x, With with) -> Results {                                                       \
     return convolved([](const auto&... args) { return name(args...); }, x, options(with)); \
   } \
  }
  return {
      CONVOLUTION(conv1d, options),
      CONVOLUTION(conv2d, options),
      CONVOLUTION(conv3d, options),
      CONVOLUTION(conv_transpose1d, transposed),
      CONVOLUTION(conv_transpose2d, transposed),
      CONVOLUTION(conv_transpose3d, transposed),
  };
#undef CONVOLUTION
}

}  // namespace tapestry::golden
