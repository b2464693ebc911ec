// Comparisons of active scalars: they compare values and give plain bool. Operators take no further
// parameter, so the place in the source comes with the operand.
#pragma once

#include "engine/scalar/lanes.h"
#include "engine/tape/comparison.h"
#include "ops/scalar/expression.h"

namespace tapestry {

namespace detail {

// A side of a comparison: a scalar, an expression, which is recorded, or a plain number.
class Compared {
 public:
  template <class A>
  requires(std::is_arithmetic_v<A> || std::same_as<NumberOf<A>, double>)
      Compared(const A& x, Site site = {})  // NOLINT: converts
      : scalar_(x), site_(site) {}
  Scalar scalar() const { return scalar_; }
  const Site& site() const { return site_; }

 private:
  Scalar scalar_;
  Site site_;
};

}  // namespace detail

namespace detail {
inline bool compare(Relation relation, const Compared& x, const Compared& z) {
  const bool outcome = holds(relation, x.scalar().value(), z.scalar().value());
  if (x.scalar().is_tracked() || z.scalar().is_tracked())
    note_comparison(relation, outcome, x.scalar(), z.scalar(), x.site());
  return outcome;
}
}  // namespace detail

inline bool operator==(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::equal, x, z);
}
inline bool operator!=(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::not_equal, x, z);
}
inline bool operator<(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::less, x, z);
}
inline bool operator<=(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::less_equal, x, z);
}
inline bool operator>(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::greater, x, z);
}
inline bool operator>=(const detail::Compared& x, const detail::Compared& z) {
  return detail::compare(detail::Relation::greater_equal, x, z);
}

namespace detail {
// Of scalars over other numbers: what their values give. Active ones note it where they are
// followed, at a place unknown.
template <class T>
bool compare(Relation relation, const T& x, const T& z) {
  return agreed(holds(relation, x, z));
}
inline bool compare(Relation relation, const Scalar& x, const Scalar& z) {
  return compare(relation, Compared(x, Site::nowhere()), Compared(z, Site::nowhere()));
}
template <class T>
bool compare(Relation relation, const BasicScalar<T>& x, const BasicScalar<T>& z) {
  return compare(relation, x.value(), z.value());
}
}  // namespace detail

#define TAPESTRY_COMPARISON(symbol, relation)                                                 \
  template <class A, class B, class T = typename detail::NumberOfBoth<A, B>::Number>          \
  requires(!std::same_as<T, double>) bool operator symbol(const A& x, const B& z) {           \
    return detail::compare(detail::Relation::relation, T(detail::as_expression<T>(x).number), \
                           T(detail::as_expression<T>(z).number));                            \
  }
TAPESTRY_COMPARISON(==, equal)
TAPESTRY_COMPARISON(!=, not_equal)
TAPESTRY_COMPARISON(<, less)
TAPESTRY_COMPARISON(<=, less_equal)
TAPESTRY_COMPARISON(>, greater)
TAPESTRY_COMPARISON(>=, greater_equal)
#undef TAPESTRY_COMPARISON

}  // namespace tapestry
