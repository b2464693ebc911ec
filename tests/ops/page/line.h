// A line of the page as the tests read it: for every number type, with its bounds and the truth.
#pragma once

#include <vector>

#include "ops/catalogue/domain.h"
#include "ops/elementwise/elementwise.h"
#include "ops/scalar/dual.h"
#include "ops/scalar/lanes_math.h"
#include "ops/scalar/scalar.h"
#include "tests/ops/page/exact.h"

namespace tapestry::exact {

// In units in the last place. As the page writes them: (1, 2), or of two operands (1, 2, 2).
struct Ulps {
  double value, by_x, by_z;
  constexpr Ulps(double y, double dx, double dz = 0) : value(y), by_x(dx), by_z(dz) {}
};

// Functions of one operand do not read z.
struct Line {
  const char* name;
  bool binary;
  detail::Domain domain_x, domain_z;
  Ulps ulps;
  BinaryTruth (*truth)(Real x, Real z);
  Tensor (*tensor)(const Tensor& x, const Tensor& z);
  Scalar (*scalar)(const Scalar& x, const Scalar& z);
  BasicScalar<float> (*narrow)(const BasicScalar<float>& x, const BasicScalar<float>& z);
  BasicScalar<Lanes> (*lanes)(const BasicScalar<Lanes>& x, const BasicScalar<Lanes>& z);
  Dual (*dual)(const Dual& x, const Dual& z);
};

// All, in the order of the page.
const std::vector<Line>& lines();
const Line& line(const char* name);

}  // namespace tapestry::exact
