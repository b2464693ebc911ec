#include "tests/programs/numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tapestry::test {

double random_number(std::mt19937_64& random, bool ordinary) {
  const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
  const double near_one = (random() % 2 ? 1 : -1) * (0.1 + 1.9 * unit);
  if (ordinary || random() % 2) return near_one;
  static const double special[] = {0,
                                   -0.0,
                                   1,
                                   -1,
                                   0.5,
                                   -0.5,
                                   2,
                                   3,
                                   -3,
                                   10,
                                   -10,
                                   40,
                                   -40,
                                   800,
                                   -800,
                                   1e-8,
                                   -1e-8,
                                   1e-160,
                                   1e160,
                                   -1e160,
                                   1e300,
                                   -1e300,
                                   1e-300,
                                   std::numeric_limits<double>::max(),
                                   std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN()};
  return special[random() % std::size(special)];
}

std::vector<double> simpler_numbers(double x) {
  std::vector<double> found;
  for (double simple : {1.0, 0.0, 0.5, -1.0, 2.0}) {
    if (x == simple) break;
    found.push_back(simple);
  }
  if (const double rounded = std::round(x * 4) / 4;
      std::isfinite(x) && rounded != x && std::abs(x) < 100)
    found.push_back(rounded);
  return found;
}

bool agree(double a, double b, double tolerance, double scale) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  return std::abs(a - b) <= tolerance * (std::abs(a) + std::abs(b) + scale);
}

bool all_finite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

double largest(const std::vector<double>& numbers) {
  double found = 0;
  for (double x : numbers)
    if (std::isfinite(x)) found = std::max(found, std::abs(x));
  return found;
}

}  // namespace tapestry::test
