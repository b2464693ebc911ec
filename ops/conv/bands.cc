#include "ops/conv/bands.h"

#include <algorithm>
#include <cmath>

#include "engine/base/parallel.h"

namespace tapestry::detail {
namespace {

std::size_t place(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

Bands transposed(const Bands& bands, std::int64_t columns) {
  std::vector<std::vector<Bands::Entry>> rows(place(columns));
  for (std::int64_t i = 0; i < bands.rows(); ++i)
    for (std::int64_t k = bands.starts[place(i)]; k < bands.starts[place(i + 1)]; ++k) {
      const auto& [column, weight] = bands.entries[place(k)];
      rows[place(column)].push_back({i, weight / bands.divisors[place(i)]});
    }
  Bands result;
  for (const auto& row : rows) {
    for (const auto& [column, weight] : row) result.add(column, weight);
    result.end_row(1);
  }
  return result;
}

Bands window_means(std::int64_t input, std::int64_t output, std::int64_t kernel,
                   std::int64_t stride, std::int64_t padding, bool count_padding) {
  Bands bands;
  for (std::int64_t i = 0; i < output; ++i) {
    const std::int64_t start = i * stride - padding,
                       end = std::min(start + kernel, input + padding);
    const std::int64_t first = std::max<std::int64_t>(start, 0), last = std::min(end, input);
    for (std::int64_t column = first; column < last; ++column) bands.add(column, 1);
    bands.end_row(static_cast<double>(count_padding ? end - start : last - first));
  }
  return bands;
}

Bands even_means(std::int64_t input, std::int64_t output) {
  Bands bands;
  for (std::int64_t i = 0; i < output; ++i) {
    const std::int64_t first = i * input / output, last = ((i + 1) * input + output - 1) / output;
    for (std::int64_t column = first; column < last; ++column) bands.add(column, 1);
    bands.end_row(static_cast<double>(last - first));
  }
  return bands;
}

Bands nearest(std::int64_t input, std::int64_t output, double ratio) {
  Bands bands;
  for (std::int64_t i = 0; i < output; ++i) {
    const auto column = static_cast<std::int64_t>(static_cast<double>(i) * ratio);
    bands.add(std::min(column, input - 1), 1);
    bands.end_row(1);
  }
  return bands;
}

Bands between(std::int64_t input, std::int64_t output, double ratio, bool align_corners) {
  Bands bands;
  for (std::int64_t i = 0; i < output; ++i) {
    const auto index = static_cast<double>(i);
    const double at = align_corners ? index * ratio : std::max(0.0, (index + 0.5) * ratio - 0.5);
    const std::int64_t below = std::min(static_cast<std::int64_t>(at), input - 1);
    const double part = std::min(1.0, at - static_cast<double>(below));
    const bool alone = part == 0 || below == input - 1;  // a weight of 0 would spread infinities
    bands.add(below, alone ? 1 : 1 - part);
    if (!alone) bands.add(below + 1, part);
    bands.end_row(1);
  }
  return bands;
}

template <class T>
void apply_bands(const Bands& bands, std::int64_t columns, std::int64_t outer, std::int64_t inner,
                 const T* x, T* result) {
  const std::int64_t rows = bands.rows();
  if (outer * rows * inner == 0) return;
  const std::int64_t entries = static_cast<std::int64_t>(bands.entries.size());
  parallel_for(
      outer * rows, inner * (entries / rows + 1), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row) {
          const std::int64_t i = row % rows;
          const T* const plane = x + row / rows * columns * inner;
          T* const to = result + row * inner;
          const Bands::Entry* const begin = bands.entries.data() + bands.starts[place(i)];
          const Bands::Entry* const end = bands.entries.data() + bands.starts[place(i + 1)];
          const double divisor = bands.divisors[place(i)];
          if (inner == 1) {
            double sum = 0;
            for (const auto* e = begin; e != end; ++e)
              sum += e->weight * static_cast<double>(plane[e->column]);
            *to = static_cast<T>(sum / divisor);
            continue;
          }
          std::fill_n(to, inner, T(0));
          for (const auto* e = begin; e != end; ++e) {
            const T* __restrict from = plane + e->column * inner;
            T* __restrict into = to;
            const T weight = static_cast<T>(e->weight);
            for (std::int64_t k = 0; k < inner; ++k) into[k] += weight * from[k];
          }
          if (divisor != 1)
            for (std::int64_t k = 0; k < inner; ++k) to[k] /= static_cast<T>(divisor);
        }
      });
}

template void apply_bands(const Bands&, std::int64_t, std::int64_t, std::int64_t, const float*,
                          float*);
template void apply_bands(const Bands&, std::int64_t, std::int64_t, std::int64_t, const double*,
                          double*);

}  // namespace tapestry::detail
