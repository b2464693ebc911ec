#include "ops/scalar/dual.h"

#include "ops/scalar/step_table.h"

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
struct DualOfOne : UnaryFormula<op, Dual> {
  static Dual value(const Dual& x) {
    using Rule = page_numbers::UnaryRule<op>;
    Dual y(Rule::value(x.value));
    y.tangent.add(Rule::partial(x.value, 0, y.value, 1), x.tangent);
    return y;
  }
};
template <Binary op>
struct DualOfTwo : BinaryFormula<op, Dual> {
  static Dual value(const Dual& x, const Dual& z) {
    using Rule = page_numbers::BinaryRule<op>;
    Dual y(Rule::value(x.value, z.value));
    follow<op, 0>(y, Rule::partial_x(x.value, z.value, y.value, 1), x);
    follow<op, 1>(y, Rule::partial_z(x.value, z.value, y.value, 1), z);
    return y;
  }
};

constexpr StepTable<Dual> kTable = step_table<Dual, DualOfOne, DualOfTwo>();

}  // namespace

const StepRule<Dual>& detail::dual_rule(const Step& step) { return kTable[step]; }
Dual detail::unary_value(Unary op, const Dual& x) {
  return kTable.unary[static_cast<int>(op)].value(x, x);
}
Dual detail::binary_value(Binary op, const Dual& x, const Dual& z) {
  return kTable.binary[static_cast<int>(op)].value(x, z);
}

Dual polygamma(int order, const Dual& x) {
  Dual y(page_numbers::polygamma(order, x.value));
  if (!is_zero(x.tangent)) y.tangent.add(page_numbers::polygamma(order + 1, x.value), x.tangent);
  return y;
}

}  // namespace tapestry
