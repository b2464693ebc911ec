// Round numbers along an axis.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace tapestry::tools {

// From `low` to `high` in steps of 1, 2 or 5 times a power of ten; both ends are ticks.
struct Ticks {
  double low, high, step;

  int count() const { return static_cast<int>(std::lround((high - low) / step)) + 1; }
  double at(int i) const { return low + step * i; }
  double position(double value) const { return (value - low) / (high - low); }  // 0 to 1

  std::string label(int i) const {
    const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
    return decimals > 6 || high > 1e6 ? fmt::format("{:.3g}", at(i))
                                      : fmt::format("{:.{}f}", at(i), decimals);
  }
};

// Ticks that enclose [low, high], about `wanted` of them, `smallest` apart at least.
inline Ticks ticks_around(double low, double high, int wanted, double smallest = 0) {
  const double least = std::max(smallest, std::abs(high) * 1e-6);
  const double rough = std::max((high - low) / std::max(wanted - 1, 1), least > 0 ? least : 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double nice : {1.0, 2.0, 5.0}) {
    if (nice * power >= rough * (1 - 1e-9)) {
      step = nice * power;
      break;
    }
  }
  Ticks ticks{std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step};
  if (ticks.high <= ticks.low) ticks.high = ticks.low + step;
  return ticks;
}

}  // namespace tapestry::tools
