// A linear map of one axis, as a sparse matrix: row i holds the weights by which elements of the
// input are added up for element i of the result, and what the sum is divided by.
#pragma once

#include <cstdint>
#include <vector>

namespace tapestry::detail {

struct Bands {
  struct Entry {
    std::int64_t column;
    double weight;
  };
  std::vector<std::int64_t> starts{0};  // row i holds entries [starts[i], starts[i + 1])
  std::vector<Entry> entries;
  std::vector<double> divisors;

  std::int64_t rows() const { return static_cast<std::int64_t>(divisors.size()); }
  void add(std::int64_t column, double weight) { entries.push_back({column, weight}); }
  void end_row(double divisor) {
    starts.push_back(static_cast<std::int64_t>(entries.size()));
    divisors.push_back(divisor);
  }
};

Bands transposed(const Bands& bands, std::int64_t columns);

// Means of windows. Those that reach past the input hold fewer elements; with `count_padding` they
// are divided as if padding, on either side, held zeros.
Bands window_means(std::int64_t input, std::int64_t output, std::int64_t kernel,
                   std::int64_t stride, std::int64_t padding, bool count_padding);
// Means of windows that share the input evenly, rounded outwards.
Bands even_means(std::int64_t input, std::int64_t output);
// Element i is that at i * ratio, rounded down.
Bands nearest(std::int64_t input, std::int64_t output, double ratio);
// Element i lies between its neighbours at i * ratio, with align_corners, else at
// (i + 1/2) * ratio - 1/2, held to the input.
Bands between(std::int64_t input, std::int64_t output, double ratio, bool align_corners);

// result[a, i, b] = the sum over row i of weight * x[a, column, b], for x row-major with `outer`
// times `columns` times `inner` elements. The same bits for any number of threads.
template <class T>
void apply_bands(const Bands& bands, std::int64_t columns, std::int64_t outer, std::int64_t inner,
                 const T* x, T* result);

}  // namespace tapestry::detail
