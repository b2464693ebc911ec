#include "ops/scalar/dual.h"

#include "ops/scalar/formula.h"

namespace tapestry {
using namespace detail;
namespace {

// ---- the functions of the page: a value, and how it follows its operands ----

// Where the page says mul_zeros, a partial of zero gives nothing, however steep what leads to it.
constexpr bool says_mul_zeros(Binary op, int slot) {
  return op == Binary::mul_zeros || (op == Binary::mul_zero && slot == 1);
}
template <Binary op, int slot>
void follow(Dual& y, double partial, const Dual& x) {
  if (!says_mul_zeros(op, slot) || partial != 0) y.tangent.add(partial, x.tangent);
}

template <Unary op>
Dual value_of(const Dual& x) {
  using Rule = UnaryRule<op, double>;
  Dual y(Rule::value(x.value));
  y.tangent.add(Rule::partial(x.value, 0, y.value, 1), x.tangent);
  return y;
}
template <Binary op>
Dual value_of(const Dual& x, const Dual& z) {
  using Rule = BinaryRule<op, double>;
  Dual y(Rule::value(x.value, z.value));
  follow<op, 0>(y, Rule::partial_x(x.value, z.value, y.value, 1), x);
  follow<op, 1>(y, Rule::partial_z(x.value, z.value, y.value, 1), z);
  return y;
}

// Beyond the page: the order comes as an operand.
Dual polygamma_value(const Dual& order, const Dual& x) {
  return polygamma(static_cast<int>(order.value), x);
}
Dual order_partial(const Dual&, const Dual&, const Dual&, const Dual&) {
  return 0;
}  // never asked for
Dual polygamma_partial(const Dual& order, const Dual& x, const Dual&, const Dual& g) {
  return times_partial(g, polygamma(static_cast<int>(order.value) + 1, x));
}

using Partial = Dual (*)(const Dual& x, const Dual& z, const Dual& y, const Dual& g);
struct UnaryStep {
  Dual (*value)(const Dual&);
  Partial partial;
};
struct BinaryStep {
  Dual (*value)(const Dual&, const Dual&);
  Partial partial[2];
};

constexpr UnaryStep kUnarySteps[] = {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {&value_of<Unary::op>, &UnaryFormula<Unary::op, Dual>::partial},
#include "ops/page/elementwise.def"
};
constexpr BinaryStep kBinarySteps[] = {
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {&value_of<Binary::op>,                                                              \
   {&BinaryFormula<Binary::op, Dual>::partial_x, &BinaryFormula<Binary::op, Dual>::partial_z}},
#include "ops/page/elementwise.def"
    {&polygamma_value, {&order_partial, &polygamma_partial}},
};

}  // namespace

Dual detail::unary_value(Unary op, const Dual& x) {
  return kUnarySteps[static_cast<int>(op)].value(x);
}
Dual detail::binary_value(Binary op, const Dual& x, const Dual& z) {
  return kBinarySteps[static_cast<int>(op)].value(x, z);
}

Dual polygamma(int order, const Dual& x) {
  Dual y(page_numbers::polygamma(order, x.value));
  if (!is_zero(x.tangent)) y.tangent.add(page_numbers::polygamma(order + 1, x.value), x.tangent);
  return y;
}

Dual detail::step_value(const Step& step, const Dual& x, const Dual& z) {
  return step.arity() == 1 ? kUnarySteps[step.code].value(x) : kBinarySteps[step.code].value(x, z);
}

Dual detail::step_vjp(const Step& step, int slot, const Dual& x, const Dual& z, const Dual& y,
                      const Dual& g) {
  return step.arity() == 1 ? kUnarySteps[step.code].partial(x, z, y, g)
                           : kBinarySteps[step.code].partial[slot](x, z, y, g);
}

}  // namespace tapestry
