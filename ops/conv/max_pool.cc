#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/pushforward.h"
#include "engine/tensor/factory.h"
#include "ops/conv/pool.h"
#include "ops/layout/index.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

struct MaxPoolAttributes {
  Windows windows;
};

// The positions [first, last) of the result where tap `tap` reads the input along an axis, and the
// place that position 0 would read.
struct Reads {
  std::int64_t first, last, shift;
};
Reads reads(const Windows& w, std::size_t axis, std::int64_t tap) {
  const std::int64_t shift = tap * w.dilation[axis] - w.padding[axis], step = w.stride[axis];
  const auto bound = [&](std::int64_t limit) {  // the least p with p * step + shift >= limit
    return limit <= shift ? 0 : std::min((limit - shift + step - 1) / step, w.output[axis]);
  };
  return {bound(0), bound(w.input[axis]), shift};
}

// A number of the taps, as wide as T, so that registers hold as many of both.
template <class T>
using TapOf = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

// yes or no, bit by bit: which is larger cannot be foretold, so a branch would cost much more.
template <class T>
T chosen(bool which, T yes, T no) {
  using Bits = TapOf<T>;
  const Bits mask = -Bits{which};
  return std::bit_cast<T>((std::bit_cast<Bits>(yes) & mask) | (std::bit_cast<Bits>(no) & ~mask));
}

// The larger of what was found so far and what tap `tap` reads, for a row of the result. A tap of
// -1 means that nothing was found.
template <class T>
void meet_row(const T* x, std::int64_t step, TapOf<T> tap, std::int64_t count, T* values,
              TapOf<T>* taps) {
  const auto meet = [&](std::int64_t along) {
    for (std::int64_t k = 0; k < count; ++k) {
      const T seen = x[k * along], known = values[k];
      const bool better = (taps[k] < 0) | (seen > known) | ((seen != seen) & (known == known));
      values[k] = chosen(better, seen, known);
      taps[k] = chosen(better, tap, taps[k]);
    }
  };
  // The compiler makes registers of loads whose distance it knows.
  step == 1 ? meet(1) : step == 2 ? meet(2) : meet(step);
}

// For each axis, what each tap reads.
using Taps = std::array<std::vector<Reads>, kSpatial>;
Taps taps_of(const Windows& w) {
  Taps taps;
  for (std::size_t axis = 0; axis < kSpatial; ++axis)
    for (std::int64_t tap = 0; tap < w.kernel[axis]; ++tap)
      taps[axis].push_back(reads(w, axis, tap));
  return taps;
}

// Row by row of the result; the taps of a row in order.
template <class T>
void pool_channel(const Windows& w, const Taps& taps, const T* x, T* values,
                  std::int64_t* indices) {
  const std::int64_t length = w.output[2];
  std::vector<TapOf<T>> found(static_cast<std::size_t>(length));
  std::vector<std::int64_t> starts(static_cast<std::size_t>(w.taps()));  // what tap k reads first
  for (std::int64_t i = 0; i < w.output[0]; ++i)
    for (std::int64_t j = 0; j < w.output[1]; ++j, values += length, indices += length) {
      std::fill_n(values, length, T(0));
      std::fill(found.begin(), found.end(), TapOf<T>{-1});
      TapOf<T> tap = 0;
      for (const Reads& z : taps[0]) {
        if (i < z.first || i >= z.last) continue;
        const std::int64_t plane = i * w.stride[0] + z.shift;
        for (const Reads& y : taps[1]) {
          if (j < y.first || j >= y.last) continue;
          const std::int64_t line = j * w.stride[1] + y.shift;
          for (const Reads& along : taps[2]) {
            const std::int64_t at = (plane * w.input[1] + line) * w.input[2] + along.shift;
            starts[static_cast<std::size_t>(tap)] = at;
            if (along.first < along.last)
              meet_row(x + (at + along.first * w.stride[2]), w.stride[2], tap,
                       along.last - along.first, values + along.first, found.data() + along.first);
            ++tap;
          }
        }
      }
      for (std::int64_t k = 0; k < length; ++k) {
        const TapOf<T> of = found[static_cast<std::size_t>(k)];
        indices[k] = of < 0 ? -1 : starts[static_cast<std::size_t>(of)] + k * w.stride[2];
      }
    }
}

constexpr std::string_view kNames[] = {"max_pool1d", "max_pool2d", "max_pool3d"};

Shape flat(const Shape& shape, const Windows::Extents& extents) {
  return {shape[0], shape[1], Windows::volume(extents)};
}

// Zeros with the adjoints at the places where their values were found, as scatter_add has them.
Tensor put_back(const Windows& w, const Shape& shape, const Tensor& places,
                const Tensor& cotangent) {
  const Tensor g = cotangent.contiguous(), found = places.contiguous();
  Tensor result = Tensor::uninitialized(shape, g.dtype());
  const std::int64_t in_channel = Windows::volume(w.input), of = Windows::volume(w.output);
  visit_floating(g.dtype(), [&]<class T>(std::type_identity<T>) {
    T* const all = result.mutable_data<T>();
    parallel_for(shape[0] * shape[1], in_channel + of, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t channel = first; channel < last; ++channel) {
        T* const out = all + channel * in_channel;
        const T* const from = g.data<T>() + channel * of;
        const std::int64_t* const at = found.data<std::int64_t>() + channel * of;
        std::fill_n(out, in_channel, T(0));
        for (std::int64_t k = 0; k < of; ++k) out[at[k]] += from[k];
      }
    });
  });
  return result;
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
    const Taps taps = taps_of(w);
    const Tensor x = in[0].contiguous();
    const Shape shape = with_spatial(x.shape()[0], x.shape()[1], w.output, Axes);
    outputs[0] = Tensor::uninitialized(shape, x.dtype());
    outputs[1] = Tensor::uninitialized(shape, DType::i64);
    const std::int64_t in_channel = Windows::volume(w.input), of = Windows::volume(w.output);
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      parallel_for(shape[0] * shape[1], of * w.taps(), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t channel = first; channel < last; ++channel)
          pool_channel(w, taps, x.data<T>() + channel * in_channel,
                       outputs[0].mutable_data<T>() + channel * of,
                       outputs[1].mutable_data<std::int64_t>() + channel * of);
      });
    });
  }
  static void vjp(Pullback& p) {
    const Windows& w = p.attributes<Attributes>().windows;
    const Shape shape = p.input_shape(0);
    if (!p.followed()) return p.give(0, put_back(w, shape, p.output(1), p.cotangent()));
    const Tensor none = zeros(flat(shape, w.input), p.input_dtype(0));
    const Tensor scattered = scatter_add(none, 2, reshape(p.output(1), flat(shape, w.output)),
                                         reshape(p.cotangent(), flat(shape, w.output)));
    p.give(0, reshape(scattered, shape));
  }
  static void jvp(Pushforward& p) {
    const Windows& w = p.attributes<Attributes>().windows;
    const Tensor tangent = reshape(p.tangent(0), flat(p.input(0).shape(), w.input)),
                 found = reshape(p.output(1), flat(p.input(0).shape(), w.output));
    p.give(0, reshape(gather(tangent, 2, found), p.output(0).shape()));
  }
  static void batch(Batching& b) {
    const Tensor x = merge_batch(b.operand(0));
    std::vector<Tensor> results = apply_many<MaxPool>({&x}, 2, b.attributes<Attributes>());
    for (Tensor& result : results) result = split_batch(result, b.size());
    b.give(std::move(results));
  }
  static std::string describe(const Attributes& a) {
    return tapestry::detail::describe(a.windows, Axes);
  }
};

template <int Axes>
MaxPooled pool(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options) {
  using Op = MaxPool<Axes>;
  check_input(Op::name, x, Axes);
  const Windows windows = pool_windows(Op::name, x, Axes, kernel, options.stride, options.padding,
                                       options.dilation, options.ceil_mode);
  const Taps taps = taps_of(windows);
  for (std::size_t i = kSpatial - Axes; i < kSpatial; ++i) {
    std::vector<bool> reached(static_cast<std::size_t>(windows.output[i]));
    for (const Reads& tap : taps[i])
      std::fill(reached.begin() + tap.first, reached.begin() + tap.last, true);
    if (const auto missed = std::find(reached.begin(), reached.end(), false);
        missed != reached.end())
      refuse(Op::name, "window {} on axis {} holds padding only; it must hold an element",
             missed - reached.begin(), i - kSpatial + Axes + 2);
  }
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
  for (const double index : detach(indices).to_vector())  // scatter_add looks again for vmap
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
                                  const MaxPoolOptions& options, Site site) {
  const CallSite call(site);
  return pool<1>(x, kernel, options);
}
MaxPooled max_pool2d_with_indices(const Tensor& x, const PerAxis& kernel,
                                  const MaxPoolOptions& options, Site site) {
  const CallSite call(site);
  return pool<2>(x, kernel, options);
}
MaxPooled max_pool3d_with_indices(const Tensor& x, const PerAxis& kernel,
                                  const MaxPoolOptions& options, Site site) {
  const CallSite call(site);
  return pool<3>(x, kernel, options);
}

Tensor max_pool1d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<1>(x, kernel, options).values;
}
Tensor max_pool2d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<2>(x, kernel, options).values;
}
Tensor max_pool3d(const Tensor& x, const PerAxis& kernel, const MaxPoolOptions& options,
                  Site site) {
  const CallSite call(site);
  return pool<3>(x, kernel, options).values;
}

Tensor max_unpool1d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options, Site site) {
  const CallSite call(site);
  return unpool<1>("max_unpool1d", values, indices, kernel, options);
}
Tensor max_unpool2d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options, Site site) {
  const CallSite call(site);
  return unpool<2>("max_unpool2d", values, indices, kernel, options);
}
Tensor max_unpool3d(const Tensor& values, const Tensor& indices, const PerAxis& kernel,
                    const MaxUnpoolOptions& options, Site site) {
  const CallSite call(site);
  return unpool<3>("max_unpool3d", values, indices, kernel, options);
}

}  // namespace tapestry
