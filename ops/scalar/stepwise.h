// Scalars operation by operation: every function here is recorded at once, as a statement of one
// operation. Recorded reverse sweeps are made of these, so that what they record is of a closed set
// of kernels, and anything can be differentiated again.
#pragma once

#include "engine/tape/comparison.h"
#include "engine/tape/node.h"
#include "engine/tensor/basic_scalar.h"
#include "engine/tensor/number.h"

namespace tapestry::detail::stepwise {

class Stepwise {
 public:
  Stepwise(double value) : scalar_(value) {}    // NOLINT: numbers convert
  Stepwise(Scalar scalar) : scalar_(scalar) {}  // NOLINT: scalars convert
  operator Scalar() const { return scalar_; }   // NOLINT
  double value() const { return scalar_.value(); }
  friend bool is_zero(const Stepwise& x) { return detail::is_zero(x.scalar_); }

  // Branches of the formulas. A recorded sweep holds the one that was taken, so it is noted.
  friend bool operator==(Stepwise x, Stepwise z) { return compare(Relation::equal, x, z); }
  friend bool operator!=(Stepwise x, Stepwise z) { return compare(Relation::not_equal, x, z); }
  friend bool operator<(Stepwise x, Stepwise z) { return compare(Relation::less, x, z); }
  friend bool operator<=(Stepwise x, Stepwise z) { return compare(Relation::less_equal, x, z); }
  friend bool operator>(Stepwise x, Stepwise z) { return compare(Relation::greater, x, z); }
  friend bool operator>=(Stepwise x, Stepwise z) { return compare(Relation::greater_equal, x, z); }

 private:
  static bool compare(Relation relation, Stepwise x, Stepwise z) {
    const bool outcome = holds(relation, x.value(), z.value());
    if (x.scalar_.is_tracked() || z.scalar_.is_tracked())
      note_comparison(relation, outcome, x.scalar_, z.scalar_, Site::nowhere());
    return outcome;
  }
  Scalar scalar_;
};

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) Stepwise name(Stepwise x);
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  Stepwise name(Stepwise x, Stepwise z);
#include "ops/page/elementwise.def"

Stepwise polygamma(int order, Stepwise x);

inline Stepwise operator-(Stepwise x) { return neg(x); }
inline Stepwise operator+(Stepwise x, Stepwise z) { return add(x, z); }
inline Stepwise operator-(Stepwise x, Stepwise z) { return sub(x, z); }
inline Stepwise operator*(Stepwise x, Stepwise z) { return mul(x, z); }
inline Stepwise operator/(Stepwise x, Stepwise z) { return div(x, z); }

inline Stepwise zero(Stepwise) { return 0.0; }
// The taken branch alone.
inline Stepwise where(bool mask, Stepwise a, Stepwise b) { return mask ? a : b; }

}  // namespace tapestry::detail::stepwise

namespace tapestry::detail {

using stepwise::Stepwise;

// x=2 or z=2, where one operand of a statement of one step is a literal.
std::string print_literal(const Run& run);
// A step of a statement, recorded.
const StepRule<Stepwise>& stepwise_rule(const Step& step);

}  // namespace tapestry::detail
