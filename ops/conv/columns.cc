#include "ops/conv/columns.h"

#include <cblas.h>

#include <limits>

#include "engine/base/parallel.h"
#include "ops/conv/pieces.h"
#include "ops/product/gemm.h"

namespace tapestry::detail {
namespace {

constexpr std::int64_t kColumnElements = 1 << 16;  // of the matrix of columns
constexpr std::int64_t kMostUnits = 32, kMostParts = 8;

// C = A B + beta C, row-major.
template <class T>
struct Factor {
  const T* data;
  std::int64_t leading;
  bool transposed;
};
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Factor<T> a, Factor<T> b, T beta,
              T* c, std::int64_t leading) {
  const auto ta = a.transposed ? CblasTrans : CblasNoTrans,
             tb = b.transposed ? CblasTrans : CblasNoTrans;
  const auto whole = [](std::int64_t i) { return static_cast<int>(i); };
  if constexpr (std::is_same_v<T, float>)
    cblas_sgemm(CblasRowMajor, ta, tb, whole(m), whole(n), whole(k), 1, a.data, whole(a.leading),
                b.data, whole(b.leading), beta, c, whole(leading));
  else
    cblas_dgemm(CblasRowMajor, ta, tb, whole(m), whole(n), whole(k), 1, a.data, whole(a.leading),
                b.data, whole(b.leading), beta, c, whole(leading));
}

// Channels [channel, channel + channels) of one group, positions [first, last) of its output.
struct Stretch {
  std::int64_t channels, first, last;
  std::int64_t length() const { return last - first; }
};

// Calls f(offset in the channel of the input, index in a row of columns, count, step) for runs of
// positions that read the input, and gap(index, count) for those that read padding.
template <class F, class G>
void for_runs(const Windows& w, const Windows::Extents& tap, const Stretch& s, F&& f, G&& gap) {
  const std::int64_t width = w.output[2], step = w.stride[2];
  const std::int64_t shift = tap[2] * w.dilation[2] - w.padding[2];
  for (std::int64_t p = s.first; p < s.last;) {
    const std::int64_t row = p / width, begin = p % width;
    const std::int64_t end = std::min(width, begin + s.last - p);
    const std::int64_t z = row / w.output[1] * w.stride[0] + tap[0] * w.dilation[0] - w.padding[0];
    const std::int64_t y = row % w.output[1] * w.stride[1] + tap[1] * w.dilation[1] - w.padding[1];
    const std::int64_t at = p - s.first - begin;  // of the row's first position
    if (z < 0 || z >= w.input[0] || y < 0 || y >= w.input[1]) {
      gap(at + begin, end - begin);
    } else {
      // begin <= low <= high <= end, where 0 <= x * step + shift < input
      const auto bound = [&](std::int64_t limit) {
        return limit <= shift ? 0 : (limit - shift + step - 1) / step;
      };
      const std::int64_t low = std::clamp(bound(0), begin, end),
                         high = std::clamp(bound(w.input[2]), low, end);
      gap(at + begin, low - begin);
      if (high > low)
        f((z * w.input[1] + y) * w.input[2] + low * step + shift, at + low, high - low, step);
      gap(at + high, end - high);
    }
    p += end - begin;
  }
}

// Calls f(tap, row of columns, input channel) for all rows.
template <class F>
void for_rows(const Windows& w, std::int64_t channels, F&& f) {
  std::int64_t row = 0;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t i = 0; i < w.kernel[0]; ++i)
      for (std::int64_t j = 0; j < w.kernel[1]; ++j)
        for (std::int64_t k = 0; k < w.kernel[2]; ++k) f(Windows::Extents{i, j, k}, row++, c);
}

template <class T>
void write_columns(const ConvGeometry& g, const T* input, const Stretch& s, T* columns) {
  for_rows(g.windows, s.channels, [&](const auto& tap, std::int64_t row, std::int64_t c) {
    const T* channel = input + c * g.input_size();
    T* to = columns + row * s.length();
    for_runs(
        g.windows, tap, s,
        [&](std::int64_t at, std::int64_t i, std::int64_t count, std::int64_t step) {
          for (std::int64_t k = 0; k < count; ++k) to[i + k] = channel[at + k * step];
        },
        [&](std::int64_t i, std::int64_t count) { std::fill_n(to + i, count, T(0)); });
  });
}

template <class T>
void add_columns(const ConvGeometry& g, const T* columns, const Stretch& s, T* input) {
  for_rows(g.windows, s.channels, [&](const auto& tap, std::int64_t row, std::int64_t c) {
    T* channel = input + c * g.input_size();
    const T* from = columns + row * s.length();
    for_runs(
        g.windows, tap, s,
        [&](std::int64_t at, std::int64_t i, std::int64_t count, std::int64_t step) {
          for (std::int64_t k = 0; k < count; ++k) channel[at + k * step] += from[i + k];
        },
        [](std::int64_t, std::int64_t) {});
  });
}

// Calls f(stretch, room for its columns) for all positions of the output, in order.
template <class T, class F>
void for_stretches(const ConvGeometry& g, std::int64_t channels, std::int64_t first,
                   std::int64_t last, F&& f) {
  const std::int64_t rows = channels * g.windows.taps();
  const std::int64_t length = std::clamp<std::int64_t>(kColumnElements / rows, 16,
                                                       std::max<std::int64_t>(16, last - first));
  Tensor room = Tensor::uninitialized({rows * std::min(length, last - first)}, dtype_of<T>());
  for (std::int64_t p = first; p < last; p += length)
    f(Stretch{channels, p, std::min(last, p + length)}, room.mutable_data<T>());
}

// Calls f(image, group, first, last) where [first, last) are parts of `extent`; a unit each.
template <class F>
void for_units(const ConvGeometry& g, std::int64_t extent, F&& f) {
  const std::int64_t images = g.batch * g.groups, wanted = piece_count(g, kMostUnits);
  const std::int64_t parts = std::clamp<std::int64_t>(wanted / images, 1, extent);
  const std::int64_t work = g.work() * g.batch / (images * parts) / 16 + 1;
  parallel_for(images * parts, work, [&](std::int64_t begin, std::int64_t end) {
    const OneThread guard;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t image = unit / parts, part = unit % parts;
      f(image / g.groups, image % g.groups, extent * part / parts, extent * (part + 1) / parts);
    }
  });
}

template <class T>
void output_product(const ConvGeometry& g, const ConvPlaces<T>& at) {
  const std::int64_t rows = g.inputs * g.windows.taps(), positions = g.output_size();
  for_units(g, positions,
            [&](std::int64_t n, std::int64_t group, std::int64_t p0, std::int64_t p1) {
              const T* input = at.input + (n * g.groups + group) * g.inputs * g.input_size();
              const T* weight = at.weight + group * g.outputs * rows;
              T* output = at.result + (n * g.groups + group) * g.outputs * positions;
              for_stretches<T>(g, g.inputs, p0, p1, [&](const Stretch& s, T* columns) {
                write_columns(g, input, s, columns);
                multiply<T>(g.outputs, s.length(), rows, {weight, rows, false},
                            {columns, s.length(), false}, 0, output + s.first, positions);
              });
            });
}

template <class T>
void input_product(const ConvGeometry& g, const ConvPlaces<T>& at) {
  const std::int64_t taps = g.windows.taps(), rows = g.inputs * taps, positions = g.output_size();
  for_units(g, g.inputs, [&](std::int64_t n, std::int64_t group, std::int64_t c0, std::int64_t c1) {
    T* input = at.result + ((n * g.groups + group) * g.inputs + c0) * g.input_size();
    const T* weight = at.weight + group * g.outputs * rows + c0 * taps;
    const T* output = at.output + (n * g.groups + group) * g.outputs * positions;
    std::fill_n(input, (c1 - c0) * g.input_size(), T(0));
    for_stretches<T>(g, c1 - c0, 0, positions, [&](const Stretch& s, T* columns) {
      multiply<T>((c1 - c0) * taps, s.length(), g.outputs, {weight, rows, true},
                  {output + s.first, positions, false}, 0, columns, s.length());
      add_columns(g, columns, s, input);
    });
  });
}

template <class T>
void weight_product(const ConvGeometry& g, const ConvPlaces<T>& at) {
  const std::int64_t rows = g.inputs * g.windows.taps(), positions = g.output_size();
  const std::int64_t size = g.groups * g.outputs * rows;
  const std::int64_t parts = std::min(g.batch, piece_count(g, kMostParts));
  Tensor sums;
  if (parts > 1) sums = Tensor::uninitialized({parts * size}, dtype_of<T>());
  T* const into = parts > 1 ? sums.mutable_data<T>() : at.result;
  const std::int64_t work = g.batch * g.work() / (parts * g.groups) / 16 + 1;
  parallel_for(parts * g.groups, work, [&](std::int64_t begin, std::int64_t end) {
    const OneThread guard;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t part = unit / g.groups, group = unit % g.groups;
      T* weight = into + part * size + group * g.outputs * rows;
      const std::int64_t first = g.batch * part / parts;
      for (std::int64_t n = first; n < g.batch * (part + 1) / parts; ++n) {
        const T* input = at.input + (n * g.groups + group) * g.inputs * g.input_size();
        const T* output = at.output + (n * g.groups + group) * g.outputs * positions;
        for_stretches<T>(g, g.inputs, 0, positions, [&](const Stretch& s, T* columns) {
          write_columns(g, input, s, columns);
          multiply<T>(g.outputs, rows, s.length(), {output + s.first, positions, false},
                      {columns, s.length(), true}, n == first && s.first == 0 ? 0 : 1, weight,
                      rows);
        });
      }
    }
  });
  if (parts > 1) add_parts<T>(into, parts, size, at.result);
}

}  // namespace

template <class T>
void column_product(Role role, const ConvGeometry& g, const ConvPlaces<T>& places) {
  if (std::max({g.inputs * g.windows.taps(), g.outputs, g.output_size()}) >
      std::numeric_limits<int>::max())
    refuse("conv", "a matrix of the product has an extent past 2^31 - 1, the most supported");
  switch (role) {
    case Role::output:
      return output_product(g, places);
    case Role::input:
      return input_product(g, places);
    case Role::weight:
      return weight_product(g, places);
  }
}

template void column_product(Role, const ConvGeometry&, const ConvPlaces<float>&);
template void column_product(Role, const ConvGeometry&, const ConvPlaces<double>&);

}  // namespace tapestry::detail
