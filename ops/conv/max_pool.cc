#include <cmath>

#include "engine/apply.h"
#include "engine/factory.h"
#include "engine/parallel.h"
#include "engine/pullback.h"
#include "ops/conv/pool.h"
#include "ops/index.h"
#include "ops/view.h"

namespace tapestry {
namespace {

struct MaxPoolAttributes {
  Windows windows;
};

// The taps of position `at` of the result that read the input along an axis: [first, last).
struct Taps {
  std::int64_t start, first, last;
};
Taps taps(const Windows& w, std::size_t axis, std::int64_t at) {
  const std::int64_t start = at * w.stride[axis] - w.padding[axis], step = w.dilation[axis];
  const std::int64_t end = (w.input[axis] - start + step - 1) / step;
  return {start, start < 0 ? (-start + step - 1) / step : 0, std::min(w.kernel[axis], end)};
}

// The largest element that a window holds, and where it lies in the channel.
template <class T>
struct Largest {
  T value;
  std::int64_t index;
  void meet(T other, std::int64_t at) {
    const bool better = other > value || (std::isnan(other) && !std::isnan(value));
    value = better ? other : value;
    index = better ? at : index;
  }
};

template <class T>
void pool_channel(const Windows& w, const T* x, T* values, std::int64_t* indices) {
  for (std::int64_t i = 0; i < w.output[0]; ++i) {
    const Taps along_z = taps(w, 0, i);
    for (std::int64_t j = 0; j < w.output[1]; ++j) {
      const Taps along_y = taps(w, 1, j);
      for (std::int64_t k = 0; k < w.output[2]; ++k) {
        const Taps along_x = taps(w, 2, k);
        const auto place = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
          const std::int64_t z = along_z.start + a * w.dilation[0],
                             y = along_y.start + b * w.dilation[1];
          return (z * w.input[1] + y) * w.input[2] + along_x.start + c * w.dilation[2];
        };
        const std::int64_t origin = place(along_z.first, along_y.first, along_x.first);
        Largest<T> largest{x[origin], origin};
        for (std::int64_t a = along_z.first; a < along_z.last; ++a)
          for (std::int64_t b = along_y.first; b < along_y.last; ++b) {
            std::int64_t at = place(a, b, along_x.first);
            for (std::int64_t c = along_x.first; c < along_x.last; ++c, at += w.dilation[2])
              largest.meet(x[at], at);
          }
        *values++ = largest.value;
        *indices++ = largest.index;
      }
    }
  }
}

constexpr std::string_view kNames[] = {"max_pool1d", "max_pool2d", "max_pool3d"};

Shape flat(const Shape& shape, const Windows::Extents& extents) {
  return {shape[0], shape[1], Windows::volume(extents)};
}

// Values, and where they were found.
template <int Axes>
struct MaxPool {
  static constexpr std::string_view name = kNames[Axes - 1];
  static constexpr int arity = 1;
  using Attributes = MaxPoolAttributes;
  static constexpr SaveMask saves(int) { return save_output(1); }
  static void forward(Inputs in, const Attributes& a, std::span<Tensor> outputs) {
    const Windows& w = a.windows;
    const Tensor x = in[0].contiguous();
    const Shape shape = with_spatial(x.shape()[0], x.shape()[1], w.output, Axes);
    outputs[0] = Tensor::uninitialized(shape, x.dtype());
    outputs[1] = Tensor::uninitialized(shape, DType::i64);
    const std::int64_t in_channel = Windows::volume(w.input), of = Windows::volume(w.output);
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      parallel_for(shape[0] * shape[1], of * w.taps(), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t channel = first; channel < last; ++channel)
          pool_channel(w, x.data<T>() + channel * in_channel,
                       outputs[0].mutable_data<T>() + channel * of,
                       outputs[1].mutable_data<std::int64_t>() + channel * of);
      });
    });
  }
  static void vjp(Pullback& p) {
    const Windows& w = p.attributes<Attributes>().windows;
    const Shape shape = p.input_shape(0);
    const Tensor none = zeros(flat(shape, w.input), p.input_dtype(0));
    const Tensor scattered = scatter_add(none, 2, reshape(p.output(1), flat(shape, w.output)),
                                         reshape(p.adjoint(), flat(shape, w.output)));
    p.give(0, reshape(scattered, shape));
  }
  static std::string describe(const Attributes& a) { return tapestry::describe(a.windows, Axes); }
};

template <int Axes>
MaxPooled pool(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options) {
  using Op = MaxPool<Axes>;
  check_input(Op::name, x, Axes);
  const Windows windows = pool_windows(Op::name, x, Axes, kernel, options.stride, options.padding,
                                       options.dilation, options.ceil_mode);
  for (int i = kSpatial - Axes; i < kSpatial; ++i)
    for (std::int64_t at = 0; at < windows.output[static_cast<std::size_t>(i)]; ++at)
      if (const Taps t = taps(windows, static_cast<std::size_t>(i), at); t.first >= t.last)
        refuse(Op::name, "window {} on axis {} holds padding only; it must hold an element", at,
               i - kSpatial + Axes + 2);
  const auto both = apply_many<Op>({&x}, 2, {windows});
  return {both[0], both[1]};
}

template <int Axes>
Tensor unpool(std::string_view who, const Tensor& values, const Tensor& indices,
              const PerAxis& kernel, const MaxUnpoolOptions& options) {
  check_input(who, values, Axes);
  if (indices.dtype() != DType::i64)
    refuse(who, "the indices are {}; they must be i64", indices.dtype());
  if (values.shape() != indices.shape())
    refuse(who, "the values have shape {}, the indices {}; they must be equal", values.shape(),
           indices.shape());
  const Windows w = unpool_windows(who, values, Axes, kernel, options.stride, options.padding,
                                   options.output_size);
  const Shape shape = values.shape();
  const std::int64_t extent = Windows::volume(w.input);
  for (const double index : indices.to_vector())
    if (index < 0 || index >= static_cast<double>(extent))
      refuse(who, "index {} is out of range; the result has {} elements in each channel", index,
             extent);
  const Tensor none = zeros(flat(shape, w.input), values.dtype());
  return reshape(scatter_add(none, 2, reshape(indices, flat(shape, w.output)),
                             reshape(values, flat(shape, w.output))),
                 with_spatial(shape[0], shape[1], w.input, Axes));
}

}  // namespace

MaxPooled max_pool1d_with_indices(const Tensor& x, const PerAxis& kernel,
                                  const MaxPoolOptions& options) {
  return pool<1>(x, kernel, options);
}
MaxPooled max_pool2d_with_indices(const Tensor& x, const PerAxis& kernel,
                                  const MaxPoolOptions& options) {
  return pool<2>(x, kernel, options);
}
MaxPooled max_pool3d_with_indices(const Tensor& x, const PerAxis& kernel,
                                  const MaxPoolOptions& options) {
  return pool<3>(x, kernel, options);
}

Tensor max_pool1d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options) {
  return pool<1>(x, kernel, options).values;
}
Tensor max_pool2d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options) {
  return pool<2>(x, kernel, options).values;
}
Tensor max_pool3d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options) {
  return pool<3>(x, kernel, options).values;
}

Tensor max_unpool1d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options) {
  return unpool<1>("max_unpool1d", values, indices, kernel, options);
}
Tensor max_unpool2d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options) {
  return unpool<2>("max_unpool2d", values, indices, kernel, options);
}
Tensor max_unpool3d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options) {
  return unpool<3>("max_unpool3d", values, indices, kernel, options);
}

}  // namespace tapestry
