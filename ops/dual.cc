#include "ops/dual.h"

#include "ops/rules.h"

namespace tapestry::duals {
namespace {

// ---- the functions of the page: a value, and how it follows its operands ----

#define UNARY(op, result, vjp, kind, domain, ulps, doc)            \
  inline Dual op(const Dual& x) {                                  \
    using Rule = page_numbers::UnaryRule<Unary::op>;               \
    Dual y(Rule::value(x.value));                                  \
    y.tangent.add(Rule::slope(x.value, 0, y.value, 1), x.tangent); \
    return y;                                                      \
  }
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  inline Dual op(const Dual& x, const Dual& z) {                              \
    using Rule = page_numbers::BinaryRule<Binary::op>;                        \
    Dual y(Rule::value(x.value, z.value));                                    \
    y.tangent.add(Rule::slope_x(x.value, z.value, y.value, 1), x.tangent);    \
    y.tangent.add(Rule::slope_z(x.value, z.value, y.value, 1), z.tangent);    \
    return y;                                                                 \
  }
#include "ops/elementwise.def"

Dual polygamma(int order, const Dual& x) {
  Dual y(page_numbers::polygamma(order, x.value));
  if (!x.tangent.is_zero()) y.tangent.add(page_numbers::polygamma(order + 1, x.value), x.tangent);
  return y;
}

inline Dual operator-(const Dual& x) { return neg(x); }
#define TAPESTRY_OPERATOR(symbol, name) \
  inline Dual operator symbol(const Dual& x, const Dual& z) { return name(x, z); }
TAPESTRY_OPERATOR(+, add)
TAPESTRY_OPERATOR(-, sub)
TAPESTRY_OPERATOR(*, mul)
TAPESTRY_OPERATOR(/, div)
#undef TAPESTRY_OPERATOR
#define TAPESTRY_COMPARISON(symbol) \
  inline bool operator symbol(const Dual& x, const Dual& z) { return x.value symbol z.value; }
TAPESTRY_COMPARISON(==)
TAPESTRY_COMPARISON(<)
TAPESTRY_COMPARISON(<=)
TAPESTRY_COMPARISON(>)
TAPESTRY_COMPARISON(>=)
#undef TAPESTRY_COMPARISON

inline Dual zero(const Dual&) { return 0.0; }
inline Dual where(bool mask, const Dual& a, const Dual& b) { return mask ? a : b; }

// ---- the page's vjps, which are linear in g: at g = 1 they are slopes ----

#define TAPESTRY_FORMULA(name, formula)                                     \
  Dual name([[maybe_unused]] const Dual& x, [[maybe_unused]] const Dual& z, \
            [[maybe_unused]] const Dual& y) {                               \
    [[maybe_unused]] const Dual g = 1.0;                                    \
    return formula;                                                         \
  }
#define UNARY(op, result, vjp, kind, domain, ulps, doc) TAPESTRY_FORMULA(op##_slope, vjp)
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_FORMULA(op##_slope_x, vjp_x)                                       \
  TAPESTRY_FORMULA(op##_slope_z, vjp_z)
#include "ops/elementwise.def"
TAPESTRY_FORMULA(order_slope, zero(g))  // nobody asks
TAPESTRY_FORMULA(polygamma_slope, polygamma(static_cast<int>(x.value) + 1, z))
#undef TAPESTRY_FORMULA

Dual polygamma_value(const Dual& order, const Dual& x) {
  return polygamma(static_cast<int>(order.value), x);
}

using Slope = Dual (*)(const Dual& x, const Dual& z, const Dual& y);
struct UnaryStep {
  Dual (*value)(const Dual&);
  Slope slope;
};
struct BinaryStep {
  Dual (*value)(const Dual&, const Dual&);
  Slope slope[2];
};

constexpr UnaryStep kUnarySteps[] = {
#define UNARY(op, result, vjp, kind, domain, ulps, doc) {&op, &op##_slope},
#include "ops/elementwise.def"
};
constexpr BinaryStep kBinarySteps[] = {
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {&op, {&op##_slope_x, &op##_slope_z}},
#include "ops/elementwise.def"
    {&polygamma_value, {&order_slope, &polygamma_slope}},
};

}  // namespace

Dual step_value(const Step& step, const Dual& x, const Dual& z) {
  return step.arity() == 1 ? kUnarySteps[step.code].value(x) : kBinarySteps[step.code].value(x, z);
}

Dual step_slope(const Step& step, int slot, const Dual& x, const Dual& z, const Dual& y) {
  return step.arity() == 1 ? kUnarySteps[step.code].slope(x, z, y)
                           : kBinarySteps[step.code].slope[slot](x, z, y);
}

}  // namespace tapestry::duals
