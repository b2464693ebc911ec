#include "tests/support/differences.h"

#include <cmath>
#include <limits>

namespace tapestry::test {

double difference(const std::function<double(double)>& f, double x) {
  // Ridders' table: halved steps, each column removing one more even power of the step. The entry
  // where two neighbours agree best is the answer.
  constexpr int kRows = 8;
  double table[kRows][kRows];
  double best = 0, best_error = std::numeric_limits<double>::infinity();
  double step = 0.04 * std::max(1.0, std::abs(x)) * 0.5;
  for (int row = 0; row < kRows; ++row, step /= 2) {
    table[row][0] = (f(x + step) - f(x - step)) / (2 * step);
    double power = 4;
    for (int column = 1; column <= row; ++column, power *= 4) {
      table[row][column] =
          (power * table[row][column - 1] - table[row - 1][column - 1]) / (power - 1);
      const double error = std::max(std::abs(table[row][column] - table[row][column - 1]),
                                    std::abs(table[row][column] - table[row - 1][column - 1]));
      if (error < best_error) {
        best_error = error;
        best = table[row][column];
      }
    }
  }
  return best;
}

Tensor difference(const std::function<double(const std::vector<Tensor>&)>& f,
                  const std::vector<Tensor>& inputs, std::size_t which) {
  const std::vector<double> start = inputs[which].to_vector();
  const Shape shape = inputs[which].shape();
  std::vector<double> slopes;
  for (std::size_t i = 0; i < start.size(); ++i) {
    slopes.push_back(difference(
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
