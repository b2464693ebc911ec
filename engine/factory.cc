#include "engine/factory.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "engine/parallel.h"

namespace tapestry {
namespace {

void flatten(const NestedList& list, const Shape& shape, int depth, std::vector<double>& numbers) {
  if (depth == shape.rank()) {
    if (list.is_list()) refuse("tensor", "the nested list is deeper in some places than in others");
    numbers.push_back(list.number());
    return;
  }
  if (!list.is_list()) refuse("tensor", "the nested list is deeper in some places than in others");
  if (static_cast<std::int64_t>(list.items().size()) != shape[depth])
    refuse("tensor", "rows differ in length: {} and {}", shape[depth], list.items().size());
  for (const NestedList& item : list.items()) flatten(item, shape, depth + 1, numbers);
}

// Fills a fresh tensor with f(index), in parallel where it is large.
template <class F>
Tensor generate(const Shape& shape, DType dtype, std::int64_t cost, F&& f) {
  Tensor result = Tensor::uninitialized(shape, dtype);
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    T* out = result.mutable_data<T>();
    parallel_for(result.size(), cost, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) out[i] = static_cast<T>(f(i));
    });
  });
  return result;
}

template <class T>
Tensor from_typed(const std::vector<T>& values, const Shape& shape) {
  Tensor result = Tensor::uninitialized(shape, dtype_of<T>());
  if (static_cast<std::int64_t>(values.size()) != result.size())
    refuse("from_vector", "{} numbers do not fill shape {}", values.size(), shape);
  std::copy(values.begin(), values.end(), result.mutable_data<T>());
  return result;
}

void require_floating(std::string_view who, DType dtype) {
  if (!is_floating(dtype)) refuse(who, "draws f32 or f64, not {}", dtype);
}

}  // namespace

Tensor tensor(const NestedList& values, DType dtype) {
  Shape shape;
  for (const NestedList* level = &values; level->is_list(); level = level->items().begin()) {
    shape.push_back(static_cast<std::int64_t>(level->items().size()));
    if (level->items().size() == 0) break;
  }
  std::vector<double> numbers;
  flatten(values, shape, 0, numbers);
  return generate(shape, dtype, 1,
                  [&](std::int64_t i) { return numbers[static_cast<std::size_t>(i)]; });
}

Tensor from_vector(const std::vector<float>& values, const Shape& shape) {
  return from_typed(values, shape);
}
Tensor from_vector(const std::vector<double>& values, const Shape& shape) {
  return from_typed(values, shape);
}
Tensor from_vector(const std::vector<std::int64_t>& values, const Shape& shape) {
  return from_typed(values, shape);
}

Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1, dtype); }

Tensor full(const Shape& shape, double value, DType dtype) {
  return generate(shape, dtype, 1, [&](std::int64_t) { return value; });
}

Tensor arange(std::int64_t count, DType dtype) {
  if (count < 0) refuse("arange", "the count {} is negative", count);
  return generate({count}, dtype, 1, [](std::int64_t i) { return static_cast<double>(i); });
}

Tensor arange(double start, double stop, double step, DType dtype) {
  if (!(step != 0) || !std::isfinite((stop - start) / step))
    refuse("arange", "from {} to {} there is no finite number of steps of {}", start, stop, step);
  const auto count = static_cast<std::int64_t>(std::max(0.0, std::ceil((stop - start) / step)));
  return generate({count}, dtype, 1,
                  [&](std::int64_t i) { return start + static_cast<double>(i) * step; });
}

Tensor eye(std::int64_t n, DType dtype) {
  return generate({n, n}, dtype, 1, [&](std::int64_t i) { return i / n == i % n ? 1.0 : 0.0; });
}

Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype()); }
Tensor ones_like(const Tensor& x) { return ones(x.shape(), x.dtype()); }

Tensor uniform(const Shape& shape, double low, double high, Rng& rng, DType dtype) {
  require_floating("uniform", dtype);
  if (!(low <= high)) refuse("uniform", "the bounds [{}, {}) are empty", low, high);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  return generate(shape, dtype, 16, [&](std::int64_t i) {
    const double value =
        low + (high - low) * unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]);
    // Rounding to f32 must not reach the open end.
    if (dtype == DType::f32 && static_cast<float>(value) >= static_cast<float>(high) && high > low)
      return static_cast<double>(std::nextafter(static_cast<float>(high), static_cast<float>(low)));
    return value;
  });
}

Tensor randn(const Shape& shape, Rng& rng, DType dtype) {
  require_floating("randn", dtype);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  // Box and Muller, A note on the generation of random normal deviates, 1958. One position a
  // number.
  return generate(shape, dtype, 32, [&](std::int64_t i) {
    const auto words = rng.at(start + static_cast<std::uint64_t>(i));
    const double radius = std::sqrt(-2 * std::log1p(-unit_interval(words[0])));
    return radius * std::cos(2 * std::numbers::pi * unit_interval(words[1]));
  });
}

Tensor bernoulli(const Shape& shape, double probability, Rng& rng) {
  if (!(probability >= 0 && probability <= 1))
    refuse("bernoulli", "probability {} is not in [0, 1]", probability);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  return generate(shape, DType::boolean, 16, [&](std::int64_t i) {
    return unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]) < probability;
  });
}

std::vector<std::int64_t> permutation(std::int64_t count, Rng& rng) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)  // Fisher and Yates
    std::swap(order[i - 1], order[rng.next_below(i)]);
  return order;
}

}  // namespace tapestry
