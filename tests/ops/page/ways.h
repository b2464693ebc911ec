// All ways to the value and the partials of a line of the page, at many points.
#pragma once

#include <functional>
#include <vector>

#include "tests/ops/page/line.h"

namespace tapestry::exact {

using Numbers = std::vector<double>;

struct Found {
  Numbers y, dx, dz;  // dz is empty for a function of one operand
};

struct Way {
  const char* name;
  bool narrow;      // numbers are float
  double of_bound;  // how many times the page's bounds it keeps: recorded sweeps make compositions
  Found (*find)(const Line& line, const Numbers& xs, const Numbers& zs);
};
const std::vector<Way>& ways();

}  // namespace tapestry::exact
