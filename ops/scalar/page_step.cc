#include "ops/scalar/page_step.h"

#include "ops/scalar/step_table.h"

namespace tapestry::detail {

static_assert(static_cast<int>(Binary::add) == 0, "engine/grad/accumulate.cc says so");

namespace {
constexpr auto kRules = step_table<double, page_numbers::UnaryRule, page_numbers::BinaryRule>();
template <class Op>
constexpr StepFunction function(const StepRule<double>* rules, std::string_view name, Op op) {
  return {rules[static_cast<int>(op)], name, static_cast<std::uint16_t>(op)};
}
}  // namespace

constinit const PageStep unary_functions[] = {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {function(kRules.unary, #op, Unary::op),                       \
   page_numbers::UnaryRule<Unary::op>::costly,                   \
   {probe::op##_vjp, 0.0}},
#include "ops/page/elementwise.def"
};
constinit const PageStep binary_functions[] = {
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {function(kRules.binary, #op, Binary::op),                                           \
   page_numbers::BinaryRule<Binary::op>::costly,                                       \
   {probe::op##_vjp_x, probe::op##_vjp_z}},
#include "ops/page/elementwise.def"
    {function(kRules.binary, "polygamma", Binary::count),
     true,
     {0.0, {probe::kX | probe::kZ | probe::kG, false}}},
};

}  // namespace tapestry::detail
