// Where a function of the page is smooth, as the page says it: reals, nonzero, positive, below(80),
// ...
#pragma once

#include <cstdint>
#include <limits>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

struct Domain {
  double low, high;  // open interval
  bool without_zero = false;
  bool without_integers = false;

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
};

namespace domains {
inline constexpr Domain reals{-Domain::kInfinity, Domain::kInfinity};
inline constexpr Domain positive{0, Domain::kInfinity};
inline constexpr Domain nonzero{-Domain::kInfinity, Domain::kInfinity, true};
inline constexpr Domain between_integers{-Domain::kInfinity, Domain::kInfinity, false, true};
constexpr Domain below(double high) { return {-Domain::kInfinity, high}; }
constexpr Domain above(double low) { return {low, Domain::kInfinity}; }
constexpr Domain between(double low, double high) { return {low, high}; }
}  // namespace domains

// f64 numbers of the domain within `reach` of 0, clear of its edges.
Tensor sample_domain(const Domain& domain, const Shape& shape, std::uint64_t seed,
                     double reach = 2.5);

}  // namespace tapestry::detail
