// What steps of statements do over numbers N, by their codes: the page, and polygamma.
#pragma once

#include "engine/tape/node.h"
#include "ops/scalar/formula.h"

namespace tapestry::detail {

// Polygamma is not on the page: its order is a whole number, and comes as the first operand.
template <class N>
struct Polygamma {
  using In = typename StepRule<N>::In;
  static N value(In order, In x) { return number(order, 0, x); }
  static N partial_x(In, In, In, In) { return 0; }  // never asked for
  static N partial_z(In order, In x, In, In g) { return times_partial<N>(g, number(order, 1, x)); }

 private:
  static N number(In order, int more, In x) {
    using page_numbers::polygamma;
    if constexpr (std::is_arithmetic_v<N>)
      return polygamma(static_cast<int>(order) + more, x);
    else if constexpr (requires { order.value(); })
      return polygamma(static_cast<int>(order.value()) + more, x);
    else
      return polygamma(static_cast<int>(order.value) + more, x);
  }
};

template <class N, class Rule>
N value_of_one(typename StepRule<N>::In x, typename StepRule<N>::In) {
  return Rule::value(x);
}

template <class N>
struct StepTable {
  StepRule<N> unary[static_cast<int>(Unary::count)], binary[static_cast<int>(Binary::count) + 1];
  const StepRule<N>& operator[](const Step& step) const {
    return step.arity() == 1 ? unary[step.function->code] : binary[step.function->code];
  }
};

// OfOne<op> and OfTwo<op> have the value of a function of the page, and its partials.
template <class N, template <Unary> class OfOne, template <Binary> class OfTwo>
constexpr StepTable<N> step_table() {
  return {{
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {&value_of_one<N, OfOne<Unary::op>>, {&OfOne<Unary::op>::partial}},
#include "ops/page/elementwise.def"
          },
          {
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {&OfTwo<Binary::op>::value, {&OfTwo<Binary::op>::partial_x, &OfTwo<Binary::op>::partial_z}},
#include "ops/page/elementwise.def"
              {&Polygamma<N>::value, {&Polygamma<N>::partial_x, &Polygamma<N>::partial_z}}}};
}

}  // namespace tapestry::detail
