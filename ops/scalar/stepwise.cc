#include "ops/scalar/stepwise.h"

#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tensor/number.h"
#include "ops/scalar/page_step.h"
#include "ops/scalar/step_table.h"

namespace tapestry::detail {
namespace {

using Partial = double (*)(double x, double z, double y, double g);
using RecordedPartial = Stepwise (*)(const Stepwise& x, const Stepwise& z, const Stepwise& y,
                                     const Stepwise& g);

// Where the operands of a statement of one step are: the next operand or, where `constant_*`, the
// constant. A function of one operand is one whose second is a constant that is not there.
template <bool constant_x, bool constant_z>
struct Layout {
  static constexpr int operands = 2 - constant_x - constant_z;
  static constexpr int x = 0, z = constant_x ? 0 : 1;  // among the operands
};

// Reverse sweeps and values anew, of kernels with that many constants.
template <Partial rule_x, Partial rule_z, bool constant_x, bool constant_z, int payload>
void reverse(NodeId first, NodeId end, const NodeId* operands, const double* numbers,
             const double* values, double* adjoints) {
  using At = Layout<constant_x, constant_z>;
  while (end-- > first) {
    operands -= At::operands;
    numbers -= payload;
    const double g = adjoints[end];
    if (g == 0) continue;  // nothing flows, whatever the partial
    const double constant = payload > 0 ? *numbers : 0;
    const double x = constant_x ? constant : values[operands[At::x]];
    const double z = constant_z ? constant : values[operands[At::z]];
    if constexpr (!constant_x) adjoints[operands[At::x]] += rule_x(x, z, values[end], g);
    if constexpr (!constant_z) adjoints[operands[At::z]] += rule_z(x, z, values[end], g);
  }
}

template <double (*value)(double, double), bool constant_x, bool constant_z, int payload>
void recompute(NodeId first, NodeId end, const NodeId* operands, double* numbers, double* values) {
  using At = Layout<constant_x, constant_z>;
  for (; first < end; ++first, operands += At::operands, numbers += payload) {
    const double constant = payload > 0 ? *numbers : 0;
    values[first] = value(constant_x ? constant : values[operands[At::x]],
                          constant_z ? constant : values[operands[At::z]]);
  }
}

template <RecordedPartial rule_x, RecordedPartial rule_z, bool constant_x, bool constant_z>
void reverse(const Run& run, Sweep& sweep) {
  using At = Layout<constant_x, constant_z>;
  for (std::uint32_t i = run.count; i-- > 0;) {
    const Scalar adjoint = sweep.number<Scalar>(run.first + i);
    if (is_zero(adjoint)) continue;  // nothing flows, whatever the partial
    const Stepwise g = adjoint;
    const NodeId* operands = run.operands_of(i);
    const double* payload = run.payload_of(i);
    const Stepwise y = sweep.value<Scalar>(run.first + i);
    const Stepwise constant = run.kernel->payload > 0 ? *payload : 0;
    const Stepwise x = constant_x ? constant : Stepwise(sweep.value<Scalar>(operands[At::x]));
    const Stepwise z = constant_z ? constant : Stepwise(sweep.value<Scalar>(operands[At::z]));
    if constexpr (!constant_x)
      if (sweep.active(operands[At::x])) sweep.add<Scalar>(operands[At::x], rule_x(x, z, y, g));
    if constexpr (!constant_z)
      if (sweep.active(operands[At::z])) sweep.add<Scalar>(operands[At::z], rule_z(x, z, y, g));
  }
}

// The one step of such a statement.
constexpr StepOperand kLeaf{StepOperand::Kind::operand, 0},
    kSecondLeaf{StepOperand::Kind::operand, 1}, kConstant{StepOperand::Kind::literal, 0};
constexpr Step one_step(Unary op) { return {function_of(op), {kLeaf, {}}}; }
constexpr Step one_step(Binary op, bool constant_x, bool constant_z) {
  return {function_of(op),
          {constant_x ? kConstant : kLeaf, constant_z   ? kConstant
                                           : constant_x ? kLeaf
                                                        : kSecondLeaf}};
}

// The kernel of such a statement of a function of two, by its rules over numbers and recorded.
template <class Rule, class Recorded, bool constant_x, bool constant_z>
constexpr KernelOf<double> one_step_kernel(std::string_view name, const Step& step,
                                           std::string (*print)(const Run& run) = &print_literal) {
  constexpr int constants = constant_x + constant_z;
  return {{name, 2 - constants, constants, {&step, 1}},
          &reverse<&Rule::partial_x, &Rule::partial_z, constant_x, constant_z, constants>,
          &recompute<&Rule::value, constant_x, constant_z, constants>,
          &reverse<&Recorded::partial_x, &Recorded::partial_z, constant_x, constant_z>,
          print};
}

template <Unary op>
using StepwiseOfOne = UnaryFormula<op, Stepwise>;
template <Binary op>
using StepwiseOfTwo = BinaryFormula<op, Stepwise>;

#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                             \
  constexpr Step op##_step = one_step(Unary::op);                                            \
  constexpr KernelOf<double> op##_statement{                                                 \
      {#op, 1, 0, {&op##_step, 1}},                                                          \
      &reverse<&page_numbers::UnaryRule<Unary::op>::partial, nullptr, false, true, 0>,       \
      &recompute<&value_of_one<double, page_numbers::UnaryRule<Unary::op>>, false, true, 0>, \
      &reverse<&StepwiseOfOne<Unary::op>::partial, nullptr, false, true>};
#define TAPESTRY_BINARY_STEP(op, variant, constant_x, constant_z)                                  \
  constexpr Step op##_##variant##_step = one_step(Binary::op, constant_x, constant_z);             \
  constexpr KernelOf<double> op##_##variant =                                                      \
      one_step_kernel<page_numbers::BinaryRule<Binary::op>, StepwiseOfTwo<Binary::op>, constant_x, \
                      constant_z>(#op, op##_##variant##_step);
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_BINARY_STEP(op, both, false, false)                                         \
  TAPESTRY_BINARY_STEP(op, left, false, true)                                          \
  TAPESTRY_BINARY_STEP(op, right, true, false)
#include "ops/page/elementwise.def"

constexpr Step polygamma_step = one_step(Binary::count, true, false);
constexpr KernelOf<double> polygamma_statement =
    one_step_kernel<Polygamma<double>, Polygamma<Stepwise>, true, false>(
        "polygamma", polygamma_step,
        [](const Run& run) { return fmt::format("order={}", run.payload[0]); });

Scalar record(const KernelOf<double>& kernel, Scalar x, double y) {
  Tape* tape = recording_tape();
  const NodeId operand = tape && x.is_tracked() ? tape->id_of(kernel.name, 0, x) : 0;
  return operand ? tape->record_statement(kernel, {&operand, 1}, {}, y) : Scalar(y);
}

Scalar record(const KernelOf<double>& both, const KernelOf<double>& left,
              const KernelOf<double>& right, Scalar x, Scalar z, double y) {
  Tape* tape = recording_tape();
  if (!tape) return y;
  const NodeId operands[] = {tape->id_of(both.name, 0, x), tape->id_of(both.name, 1, z)};
  if (operands[0] && operands[1]) return tape->record_statement(both, operands, {}, y);
  const double constant = operands[0] ? z.value() : x.value();
  if (operands[0]) return tape->record_statement(left, {operands, 1}, {&constant, 1}, y);
  if (operands[1]) return tape->record_statement(right, {operands + 1, 1}, {&constant, 1}, y);
  return y;
}

}  // namespace

namespace stepwise {

#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                            \
  Stepwise op(Stepwise x) {                                                                 \
    return record(op##_statement, x, page_numbers::UnaryRule<Unary::op>::value(x.value())); \
  }
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  Stepwise op(Stepwise x, Stepwise z) {                                                \
    return record(op##_both, op##_left, op##_right, x, z,                              \
                  page_numbers::BinaryRule<Binary::op>::value(x.value(), z.value()));  \
  }
#include "ops/page/elementwise.def"

Stepwise polygamma(int order, Stepwise stepwise) {
  const Scalar x = stepwise;
  if (order < 0) refuse("polygamma", "the order is {}; it must not be negative", order);
  if (order == 0) return digamma(stepwise);
  const double y = page_numbers::polygamma(order, x.value()), constant = order;
  Tape* tape = recording_tape();
  const NodeId operand = tape ? tape->id_of("polygamma", 0, x) : 0;
  return operand ? tape->record_statement(polygamma_statement, {&operand, 1}, {&constant, 1}, y)
                 : Scalar(y);
}

}  // namespace stepwise

std::string print_literal(const Run& run) {
  const std::span<const Step> steps = run.kernel->steps;
  if (steps.size() != 1 || steps[0].arity() == 1) return {};
  for (int slot : {0, 1})
    if (steps[0].operands[slot].kind == StepOperand::Kind::literal)
      return fmt::format("{}={}", slot == 0 ? "x" : "z", run.payload[0]);
  return {};
}

const StepRule<Stepwise>& stepwise_rule(const Step& step) {
  static constexpr StepTable<Stepwise> table = step_table<Stepwise, StepwiseOfOne, StepwiseOfTwo>();
  return table[step];
}

}  // namespace tapestry::detail
