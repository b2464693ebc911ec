// Every function of the page for scalars of any number, with what the same statement in double
// gives.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "ops/ops.h"

namespace tapestry::numbers {
using namespace detail;

struct Expected {
  double value;
  std::vector<double> slopes;     // by x and z
  std::vector<double> curvature;  // (2, 2)
};

struct PageFunction {
  const char* name;
  double (*x)(std::size_t);  // points of the domain, eight of each
  double (*z)(std::size_t);
  Expected (*expected)(double x, double z);
};
// In the order of the page.
const PageFunction& page_function(std::size_t index);

// call(f, index) for every function of the page: f(x, z) is a statement that holds it inside.
template <class Call>
void for_each_statement(Call&& call) {
  std::size_t index = 0;
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                               \
  call([](const auto& x,                                                                       \
          const auto& z) { return detail::make_unary<detail::Unary::op>(x) * 2 + x + 0 * z; }, \
       index++);
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)          \
  call([](const auto& x,                                                                        \
          const auto& z) { return detail::make_binary<detail::Binary::op>(x, z) * 2 + x * z; }, \
       index++);
#include "ops/page/elementwise.def"
}

inline bool close(double a, double b, double tolerance) {
  return a == b || std::abs(a - b) <= tolerance * (1 + std::abs(b));
}

}  // namespace tapestry::numbers
