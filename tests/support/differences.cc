#include "tests/support/differences.h"

#include <cmath>
#include <limits>

namespace tapestry::test {

Tensor difference(const std::function<double(const std::vector<Tensor>&)>& f,
                  const std::vector<Tensor>& inputs, std::size_t which) {
  const std::vector<double> start = inputs[which].to_vector();
  const Shape shape = inputs[which].shape();
  std::vector<double> slopes;
  for (std::size_t i = 0; i < start.size(); ++i) {
    slopes.push_back(tapestry::difference(
        [&](double value) {
          std::vector<double> moved = start;
          moved[i] = value;
          std::vector<Tensor> at = inputs;
          at[which] = from_vector(moved, shape);
          return f(at);
        },
        start[i]));
  }
  return from_vector(slopes, shape);
}

double distance(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return std::numeric_limits<double>::infinity();
  const std::vector<double> p = a.to_vector(), q = b.to_vector();
  double largest = 0, scale = 1;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!std::isfinite(p[i]) || !std::isfinite(q[i]))
      return std::numeric_limits<double>::infinity();
    largest = std::max(largest, std::abs(p[i] - q[i]));
    scale = std::max(scale, std::abs(q[i]));
  }
  return largest / scale;
}

}  // namespace tapestry::test
