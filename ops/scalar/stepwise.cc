#include "ops/scalar/stepwise.h"

#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tensor/number.h"
#include "ops/scalar/formula.h"

namespace tapestry::detail {
namespace {

// Beyond the page: the order comes as an operand.
Stepwise polygamma_vjp(const Stepwise& x, const Stepwise& z, const Stepwise&, const Stepwise& g) {
  return times_partial(g, polygamma(static_cast<int>(x.value()) + 1, z));
}
double polygamma_partial(double x, double z, double, double g) {
  return g * page_numbers::polygamma(static_cast<int>(x) + 1, z);
}

// What a function gives back for an adjoint g, over numbers and step by step.
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

// Reverse sweeps and values anew, as StatementKernel has them, for kernels with that many
// constants.
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

// Which operand, by its name on the page, is a constant.
std::string print_x(std::span<const double> payload) { return fmt::format("x={}", payload[0]); }
std::string print_z(std::span<const double> payload) { return fmt::format("z={}", payload[0]); }

template <Unary op>
double value_of_one(double x, double) {
  return page_numbers::UnaryRule<op>::value(x);
}

// The one step of such a statement, for those who execute steps with other numbers.
constexpr StepOperand kLeaf{StepOperand::Kind::operand, 0},
    kSecondLeaf{StepOperand::Kind::operand, 1}, kConstant{StepOperand::Kind::literal, 0};
constexpr Step one_step(std::string_view name, Unary op) {
  return {name, static_cast<std::uint16_t>(op), {kLeaf, {}}};
}
constexpr Step one_step(std::string_view name, Binary op, bool constant_x, bool constant_z) {
  return {name,
          static_cast<std::uint16_t>(op),
          {constant_x ? kConstant : kLeaf, constant_z   ? kConstant
                                           : constant_x ? kLeaf
                                                        : kSecondLeaf}};
}
static_assert(static_cast<int>(Binary::add) == 0, "engine/grad/accumulate.cc says so");

#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                       \
  constexpr Step op##_step = one_step(#op, Unary::op);                                 \
  constexpr StatementKernel op##_statement{                                            \
      #op,                                                                             \
      1,                                                                               \
      0,                                                                               \
      &reverse<&page_numbers::UnaryRule<Unary::op>::partial, nullptr, false, true, 0>, \
      &recompute<&value_of_one<Unary::op>, false, true, 0>,                            \
      &reverse<&UnaryFormula<Unary::op, Stepwise>::partial, nullptr, false, true>,     \
      nullptr,                                                                         \
      {&op##_step, 1}};
#define TAPESTRY_BINARY_STEP(op, variant, constant_x, constant_z, print)                    \
  constexpr Step op##_##variant##_step = one_step(#op, Binary::op, constant_x, constant_z); \
  constexpr StatementKernel op##_##variant{                                                 \
      #op,                                                                                  \
      2 - constant_x - constant_z,                                                          \
      constant_x + constant_z,                                                              \
      &reverse<&page_numbers::BinaryRule<Binary::op>::partial_x,                            \
               &page_numbers::BinaryRule<Binary::op>::partial_z, constant_x, constant_z,    \
               constant_x + constant_z>,                                                    \
      &recompute<&page_numbers::BinaryRule<Binary::op>::value, constant_x, constant_z,      \
                 constant_x + constant_z>,                                                  \
      &reverse<&BinaryFormula<Binary::op, Stepwise>::partial_x,                             \
               &BinaryFormula<Binary::op, Stepwise>::partial_z, constant_x, constant_z>,    \
      print,                                                                                \
      {&op##_##variant##_step, 1}};
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_BINARY_STEP(op, both, 0, 0, nullptr)                                        \
  TAPESTRY_BINARY_STEP(op, left, 0, 1, &print_z)                                       \
  TAPESTRY_BINARY_STEP(op, right, 1, 0, &print_x)
#include "ops/page/elementwise.def"

double polygamma_value(double order, double x) {
  return page_numbers::polygamma(static_cast<int>(order), x);
}

// The order is a constant, x the operand. Its code is the one after the page's functions of two.
constexpr Step polygamma_step = one_step("polygamma", Binary::count, true, false);
constexpr StatementKernel polygamma_statement{
    "polygamma",
    1,
    1,
    &reverse<nullptr, &polygamma_partial, true, false, 1>,
    &recompute<&polygamma_value, true, false, 1>,
    &reverse<nullptr, &polygamma_vjp, true, false>,
    [](std::span<const double> payload) { return fmt::format("order={}", payload[0]); },
    {&polygamma_step, 1}};

Scalar record(const StatementKernel& kernel, Scalar x, double y) {
  Tape* tape = recording_tape();
  const NodeId operand = tape && x.is_tracked() ? tape->id_of(kernel.name, 0, x) : 0;
  return operand ? tape->record_statement(kernel, {&operand, 1}, {}, y) : Scalar(y);
}

Scalar record(const StatementKernel& both, const StatementKernel& left,
              const StatementKernel& right, Scalar x, Scalar z, double y) {
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

namespace {

struct UnaryStep {
  Stepwise (*value)(Stepwise);
  RecordedPartial vjp;
  double (*plain)(double);
  Partial partial;
  unsigned uses;
};
struct BinaryStep {
  Stepwise (*value)(Stepwise, Stepwise);
  RecordedPartial vjp[2];
  double (*plain)(double, double);
  Partial partial[2];
  unsigned uses[2];
};

Stepwise polygamma_of(Stepwise order, Stepwise x) {
  return polygamma(static_cast<int>(order.value()), x);
}

constexpr UnaryStep kUnarySteps[] = {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                            \
  {static_cast<Stepwise (*)(Stepwise)>(&stepwise::op),                                      \
   &UnaryFormula<Unary::op, Stepwise>::partial, &page_numbers::UnaryRule<Unary::op>::value, \
   &page_numbers::UnaryRule<Unary::op>::partial, probe::op##_vjp.uses},
#include "ops/page/elementwise.def"
};
constexpr BinaryStep kBinarySteps[] = {
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {static_cast<Stepwise (*)(Stepwise, Stepwise)>(&stepwise::op),                       \
   {&BinaryFormula<Binary::op, Stepwise>::partial_x,                                   \
    &BinaryFormula<Binary::op, Stepwise>::partial_z},                                  \
   &page_numbers::BinaryRule<Binary::op>::value,                                       \
   {&page_numbers::BinaryRule<Binary::op>::partial_x,                                  \
    &page_numbers::BinaryRule<Binary::op>::partial_z},                                 \
   {probe::op##_vjp_x.uses, probe::op##_vjp_z.uses}},
#include "ops/page/elementwise.def"
    {&polygamma_of,
     {nullptr, &polygamma_vjp},
     &polygamma_value,
     {nullptr, &polygamma_partial},
     {0, probe::kX | probe::kZ}},
};

}  // namespace

Stepwise step_value(const Step& step, Stepwise x, Stepwise z) {
  return step.arity() == 1 ? kUnarySteps[step.code].value(x) : kBinarySteps[step.code].value(x, z);
}
double step_value(const Step& step, double x, double z) {
  return step.arity() == 1 ? kUnarySteps[step.code].plain(x) : kBinarySteps[step.code].plain(x, z);
}
Stepwise step_vjp(const Step& step, int slot, Stepwise x, Stepwise z, Stepwise y, Stepwise g) {
  return step.arity() == 1 ? kUnarySteps[step.code].vjp(x, z, y, g)
                           : kBinarySteps[step.code].vjp[slot](x, z, y, g);
}

double step_partial(const Step& step, int slot, double x, double z, double y, double g) {
  if (g == 0) return 0;  // nothing flows, whatever the partial
  return step.arity() == 1 ? kUnarySteps[step.code].partial(x, z, y, g)
                           : kBinarySteps[step.code].partial[slot](x, z, y, g);
}
unsigned step_mentions(const Step& step, int slot) {
  return step.arity() == 1 ? kUnarySteps[step.code].uses : kBinarySteps[step.code].uses[slot];
}

}  // namespace tapestry::detail
