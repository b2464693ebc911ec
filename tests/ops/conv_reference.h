// Convolution by its definition: a loop for each index, in long double.
#pragma once

#include "ops/conv/convolve.h"

namespace tapestry::test {
using namespace detail;

// conv2d(x, w, options) of f64.
inline Tensor convolved(const Tensor& x, const Tensor& w, const ConvOptions& options) {
  const Dims stride = options.stride.resolve("test", "stride", 2, 1),
             padding = options.padding.resolve("test", "padding", 2, 0),
             dilation = options.dilation.resolve("test", "dilation", 2, 1);
  const auto extent = [&](int axis) {
    return (x.shape()[axis + 2] + 2 * padding[axis] - dilation[axis] * (w.shape()[axis + 2] - 1) -
            1) /
               stride[axis] +
           1;
  };
  const std::int64_t outputs = w.shape()[0], of_group = outputs / options.groups;
  Tensor y = Tensor::uninitialized({x.shape()[0], outputs, extent(0), extent(1)}, DType::f64);
  const Tensor xs = x.contiguous(), ws = w.contiguous();
  const auto at = [](const Tensor& t, std::int64_t i, std::int64_t j, std::int64_t k,
                     std::int64_t l) {
    const Shape& s = t.shape();
    return ((i * s[1] + j) * s[2] + k) * s[3] + l;
  };
  for (std::int64_t n = 0; n < x.shape()[0]; ++n)
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t i = 0; i < extent(0); ++i)
        for (std::int64_t j = 0; j < extent(1); ++j) {
          long double total = 0;
          for (std::int64_t c = 0; c < w.shape()[1]; ++c)
            for (std::int64_t k = 0; k < w.shape()[2]; ++k)
              for (std::int64_t l = 0; l < w.shape()[3]; ++l) {
                const std::int64_t row = i * stride[0] + k * dilation[0] - padding[0],
                                   column = j * stride[1] + l * dilation[1] - padding[1];
                if (row < 0 || row >= x.shape()[2] || column < 0 || column >= x.shape()[3])
                  continue;
                const std::int64_t channel = o / of_group * w.shape()[1] + c;
                total +=
                    static_cast<long double>(xs.data<double>()[at(xs, n, channel, row, column)]) *
                    ws.data<double>()[at(ws, o, c, k, l)];
              }
          y.mutable_data<double>()[at(y, n, o, i, j)] = static_cast<double>(total);
        }
  return y;
}

}  // namespace tapestry::test
