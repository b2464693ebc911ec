#include "ops/stepwise.h"

#include "engine/apply.h"
#include "engine/sweep.h"
#include "ops/rules.h"

namespace tapestry {
namespace {

// The page's vjps, step by step.
#define TAPESTRY_FORMULA(name, formula)                                            \
  inline Stepwise name([[maybe_unused]] Stepwise x, [[maybe_unused]] Stepwise z,   \
                       [[maybe_unused]] Stepwise y, [[maybe_unused]] Stepwise g) { \
    return formula;                                                                \
  }
#define UNARY(op, result, vjp, kind, domain, ulps, doc) TAPESTRY_FORMULA(op##_vjp, vjp)
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_FORMULA(op##_vjp_x, vjp_x)                                         \
  TAPESTRY_FORMULA(op##_vjp_z, vjp_z)
#include "ops/elementwise.def"
TAPESTRY_FORMULA(polygamma_vjp, g* polygamma(static_cast<int>(x.value()) + 1, z))
#undef TAPESTRY_FORMULA

double polygamma_slope(double x, double z, double, double g) {
  return g * page_numbers::polygamma(static_cast<int>(x) + 1, z);
}

template <class Number>
using Rule = Number (*)(Number x, Number z, Number y, Number g);

double plain(double x) { return x; }
double plain(Stepwise x) { return x.value(); }

// What a sweep holds: plain numbers, or scalars when it is recorded.
template <class Number>
using Held = std::conditional_t<std::is_same_v<Number, double>, double, Scalar>;
template <class Number>
Number number(const Sweep& sweep, NodeId id) {
  return sweep.number<Held<Number>>(id);
}
template <class Number>
Number operand(const Sweep& sweep, NodeId id) {
  return sweep.value<Held<Number>>(id);
}
template <class Number>
void give(Sweep& sweep, NodeId id, const Number& contribution) {
  sweep.add<Held<Number>>(id, contribution);
}

// Reverse of a run whose operands are the next leaf or, where `constant_*`, the next constant.
template <class Number, Rule<Number> rule_x, Rule<Number> rule_z, bool constant_x, bool constant_z>
void reverse_run(const Run& run, Sweep& sweep) {
  for (std::uint32_t i = run.count; i-- > 0;) {
    const Number g = number<Number>(sweep, run.first + i);
    if (plain(g) == 0 && std::is_same_v<Number, double>)
      continue;  // nothing flows, whatever the slope
    const NodeId* leaves = run.leaves + static_cast<std::size_t>(run.kernel->leaves) * i;
    const double* constants = run.constants + static_cast<std::size_t>(run.kernel->constants) * i;
    const Number y = operand<Number>(sweep, run.first + i);
    // A function of one operand is one whose second is a constant that is not there.
    const Number constant = run.kernel->constants > 0 ? Number(*constants) : Number(0);
    const Number leaf = operand<Number>(sweep, leaves[0]);
    const Number x = constant_x ? constant : leaf;
    const Number z = constant_z ? constant : constant_x ? leaf : operand<Number>(sweep, leaves[1]);
    if constexpr (!constant_x) give(sweep, leaves[0], rule_x(x, z, y, g));
    if constexpr (!constant_z) give(sweep, leaves[constant_x ? 0 : 1], rule_z(x, z, y, g));
  }
}

template <auto plain_run, auto recorded_run>
void reverse_either(const Run& run, Sweep& sweep) {
  sweep.recorded() ? recorded_run(run, sweep) : plain_run(run, sweep);
}

// Which operand, by its name on the page, is a constant.
std::string print_x(std::span<const double> constants) { return fmt::format("x={}", constants[0]); }
std::string print_z(std::span<const double> constants) { return fmt::format("z={}", constants[0]); }

#define UNARY(op, result, vjp, kind, domain, ulps, doc)                                           \
  constexpr StatementKernel op##_statement{                                                       \
      #op, 1, 0,                                                                                  \
      &reverse_either<                                                                            \
          &reverse_run<double, &page_numbers::UnaryRule<Unary::op>::slope, nullptr, false, true>, \
          &reverse_run<Stepwise, &op##_vjp, nullptr, false, true>>,                               \
      nullptr};
#define TAPESTRY_BINARY(op, variant, leaf_count, constant_count, constant_x, constant_z, print) \
  constexpr StatementKernel op##_##variant{                                                     \
      #op, leaf_count, constant_count,                                                          \
      &reverse_either<                                                                          \
          &reverse_run<double, &page_numbers::BinaryRule<Binary::op>::slope_x,                  \
                       &page_numbers::BinaryRule<Binary::op>::slope_z, constant_x, constant_z>, \
          &reverse_run<Stepwise, &op##_vjp_x, &op##_vjp_z, constant_x, constant_z>>,            \
      print};
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_BINARY(op, both, 2, 0, false, false, nullptr)                      \
  TAPESTRY_BINARY(op, left, 1, 1, false, true, &print_z)                      \
  TAPESTRY_BINARY(op, right, 1, 1, true, false, &print_x)
#include "ops/elementwise.def"

// The order is a constant, x the leaf.
constexpr StatementKernel polygamma_statement{
    "polygamma", 1, 1,
    &reverse_either<&reverse_run<double, nullptr, &polygamma_slope, true, false>,
                    &reverse_run<Stepwise, nullptr, &polygamma_vjp, true, false>>,
    [](std::span<const double> constants) { return fmt::format("order={}", constants[0]); }};

Scalar record(const StatementKernel& kernel, Scalar x, double y) {
  Tape* tape = recording_tape();
  const NodeId leaf = tape && x.is_tracked() ? tape->id_of(kernel.name, 0, x) : 0;
  return leaf ? tape->record_statement(kernel, {&leaf, 1}, {}, y) : Scalar(y);
}

Scalar record(const StatementKernel& both, const StatementKernel& left,
              const StatementKernel& right, Scalar x, Scalar z, double y) {
  Tape* tape = recording_tape();
  if (!tape) return y;
  const NodeId leaves[] = {tape->id_of(both.name, 0, x), tape->id_of(both.name, 1, z)};
  if (leaves[0] && leaves[1]) return tape->record_statement(both, leaves, {}, y);
  const double constant = leaves[0] ? z.value() : x.value();
  if (leaves[0]) return tape->record_statement(left, {leaves, 1}, {&constant, 1}, y);
  if (leaves[1]) return tape->record_statement(right, {leaves + 1, 1}, {&constant, 1}, y);
  return y;
}

}  // namespace

#define UNARY(op, result, vjp, kind, domain, ulps, doc)                                     \
  Stepwise op(Stepwise x) {                                                                 \
    return record(op##_statement, x, page_numbers::UnaryRule<Unary::op>::value(x.value())); \
  }
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)         \
  Stepwise op(Stepwise x, Stepwise z) {                                               \
    return record(op##_both, op##_left, op##_right, x, z,                             \
                  page_numbers::BinaryRule<Binary::op>::value(x.value(), z.value())); \
  }
#include "ops/elementwise.def"

Stepwise polygamma(int order, Stepwise stepwise) {
  const Scalar x = stepwise;
  if (order < 0) refuse("polygamma", "the order is {}; it must not be negative", order);
  if (order == 0) return digamma(stepwise);
  const double y = page_numbers::polygamma(order, x.value()), constant = order;
  Tape* tape = recording_tape();
  const NodeId leaf = tape ? tape->id_of("polygamma", 0, x) : 0;
  return leaf ? tape->record_statement(polygamma_statement, {&leaf, 1}, {&constant, 1}, y)
              : Scalar(y);
}

namespace {

struct UnaryStep {
  Stepwise (*value)(Stepwise);
  Stepwise (*vjp)(Stepwise, Stepwise, Stepwise, Stepwise);
  double (*plain)(double);
  double (*slope)(double, double, double, double);
  unsigned uses;
};
struct BinaryStep {
  Stepwise (*value)(Stepwise, Stepwise);
  Stepwise (*vjp[2])(Stepwise, Stepwise, Stepwise, Stepwise);
  double (*plain)(double, double);
  double (*slope[2])(double, double, double, double);
  unsigned uses[2];
};

constexpr UnaryStep kUnarySteps[] = {
#define UNARY(op, result, vjp, kind, domain, ulps, doc)                                    \
  {static_cast<Stepwise (*)(Stepwise)>(&op), &op##_vjp,                                    \
   &page_numbers::UnaryRule<Unary::op>::value, &page_numbers::UnaryRule<Unary::op>::slope, \
   probe::op##_vjp.uses},
#include "ops/elementwise.def"
};
constexpr BinaryStep kBinarySteps[] = {
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {static_cast<Stepwise (*)(Stepwise, Stepwise)>(&op),                        \
   {&op##_vjp_x, &op##_vjp_z},                                                \
   &page_numbers::BinaryRule<Binary::op>::value,                              \
   {&page_numbers::BinaryRule<Binary::op>::slope_x,                           \
    &page_numbers::BinaryRule<Binary::op>::slope_z},                          \
   {probe::op##_vjp_x.uses, probe::op##_vjp_z.uses}},
#include "ops/elementwise.def"
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

double step_slope(const Step& step, int slot, double x, double z, double y, double g) {
  if (g == 0) return 0;  // nothing flows, whatever the slope
  return step.arity() == 1 ? kUnarySteps[step.code].slope(x, z, y, g)
                           : kBinarySteps[step.code].slope[slot](x, z, y, g);
}
unsigned step_mentions(const Step& step, int slot) {
  return step.arity() == 1 ? kUnarySteps[step.code].uses : kBinarySteps[step.code].uses[slot];
}

}  // namespace tapestry
