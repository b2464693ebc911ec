// What tests of linear algebra check again and again.
#pragma once

#include <cmath>
#include <limits>

#include "ops/linalg/linalg.h"
#include "tests/ops/checks.h"

namespace tapestry::test {
using namespace detail;

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                        kInfinity = std::numeric_limits<double>::infinity();

inline void check_near(const Tensor& x, const Tensor& expected, double tolerance = 1e-12) {
  BOOST_TEST(distance(x, expected.to(DType::f64)) < tolerance);
}

inline Tensor f64(const NestedList& values) { return tensor(values, DType::f64); }

inline Tensor identity(std::int64_t n) { return eye(n, DType::f64); }

inline Tensor positive_definite(const Shape& shape, std::uint64_t seed = 1) {
  const Tensor x = numbers(shape, seed);
  return matmul(x, transpose(x)) + identity(shape[shape.rank() - 2]);
}

inline Tensor dominant(const Shape& shape, std::uint64_t seed = 1) {
  return numbers(shape, seed) + 4 * identity(shape.back());
}

// d f(x) / dx for a function to one number.
inline Tensor slope(const std::function<Tensor(const Tensor&)>& f, const Tensor& at) {
  Tape tape;
  const Tensor x = tape.variable(at);
  return gradient(f(x), x);
}

// A batch gives, item by item, what its matrices give alone.
inline void check_batch(const std::function<Tensor(const Tensor&)>& f, const Tensor& batch) {
  const Tensor all = f(batch);
  for (std::int64_t i = 0; i < batch.shape()[0]; ++i) {
    const auto item = [&](const Tensor& x) { return squeeze(slice(x, 0, i, i + 1), 0); };
    BOOST_TEST(same_bits(item(all), f(item(batch))));
  }
}

inline bool all_nan(const Tensor& x) {
  for (const double v : x.to_vector())
    if (!std::isnan(v)) return false;
  return true;
}

}  // namespace tapestry::test
