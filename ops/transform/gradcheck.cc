#include "ops/transform/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/text_table.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/reduce/reduce.h"

namespace tapestry {
using namespace detail;

double difference(const std::function<double(double)>& f, double x) {
  // Halved steps down the rows; each column removes one more even power of the step. The entry
  // where neighbours agree best is the answer.
  constexpr int kRows = 8;
  double table[kRows][kRows];
  double best = 0, best_error = std::numeric_limits<double>::infinity();
  double step = 0.02 * std::max(1.0, std::abs(x));
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

GradcheckReport gradcheck(const Function& f, const Tensor& x, const GradcheckOptions& options,
                          Site site) {
  detail::require_function("gradcheck", f);
  const Tensor point = detach(x).to(DType::f64);
  const Function weighted = [&](const Tensor& at) {
    const Tensor y = f(at);
    Rng rng(1);
    return sum(y * uniform(y.shape(), 0.5, 1.5, rng, DType::f64));
  };
  const std::vector<double> partials = grad(weighted, site)(point).to_vector(),
                            start = point.to_vector();
  GradcheckReport report;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double expected = difference(
        [&](double value) {
          std::vector<double> moved = start;
          moved[i] = value;
          const PauseRecording pause;
          return weighted(from_vector(moved, point.shape())).item();
        },
        start[i]);
    double error = std::abs(partials[i] - expected) / (1 + std::abs(expected));
    if (!std::isfinite(error)) error = std::numeric_limits<double>::infinity();
    report.rows.push_back({static_cast<std::int64_t>(i), partials[i], expected, error});
    report.max_error = std::max(report.max_error, error);
  }
  report.ok = report.max_error <= options.tolerance;
  return report;
}

std::string GradcheckReport::table() const {
  constexpr std::size_t kShown = 10;
  std::vector<Row> worst = rows;
  std::stable_sort(worst.begin(), worst.end(),
                   [](const Row& a, const Row& b) { return a.error > b.error; });
  std::vector<Cells> lines{{"element", "gradient", "difference", "error"}};
  for (std::size_t i = 0; i < std::min(kShown, worst.size()); ++i)
    lines.push_back({std::to_string(worst[i].position), fmt::format("{:.15g}", worst[i].gradient),
                     fmt::format("{:.15g}", worst[i].difference),
                     fmt::format("{:.2e}", worst[i].error)});
  std::string text = fmt::format("{}: {} elements, largest error {:.2e}\n{}", ok ? "ok" : "WRONG",
                                 rows.size(), max_error, in_columns(lines, ">  >"));
  if (worst.size() > kShown) return text + fmt::format("... and {} more", worst.size() - kShown);
  text.pop_back();
  return text;
}

}  // namespace tapestry
