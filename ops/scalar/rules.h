// The page over doubles: each function's value and partials, with what its formulas mention and
// cost.
#pragma once

#include <string_view>

#include "ops/page/gamma.h"
#include "ops/page/kernels.h"
#include "ops/page/numbers.h"
#include "ops/page/probe.h"

namespace tapestry::detail::page_numbers {

template <Unary op>
struct UnaryRule;
template <Binary op>
struct BinaryRule;

#define TAPESTRY_RULE(name, formula)                                         \
  static double name([[maybe_unused]] double x, [[maybe_unused]] double z,   \
                     [[maybe_unused]] double y, [[maybe_unused]] double g) { \
    return formula;                                                          \
  }
#define TAPESTRY_UNARY(op, result, rule, kind, domain, ulps, doc) \
  template <>                                                     \
  struct UnaryRule<Unary::op> {                                   \
    static constexpr std::string_view name = #op;                 \
    static constexpr bool costly = !probe::is_cheap(#op);         \
    static constexpr probe::Probe mentions = probe::op##_vjp;     \
    static double value(double x) { return result; }              \
    TAPESTRY_RULE(partial, rule)                                  \
  };
#define TAPESTRY_BINARY(op, result, rule_x, rule_z, kind, domain_x, domain_z, ulps, doc) \
  template <>                                                                            \
  struct BinaryRule<Binary::op> {                                                        \
    static constexpr std::string_view name = #op;                                        \
    static constexpr bool costly = !probe::is_cheap(#op);                                \
    static constexpr probe::Probe mentions_x = probe::op##_vjp_x;                        \
    static constexpr probe::Probe mentions_z = probe::op##_vjp_z;                        \
    static double value(double x, double z) { return result; }                           \
    TAPESTRY_RULE(partial_x, rule_x)                                                     \
    TAPESTRY_RULE(partial_z, rule_z)                                                     \
  };
#include "ops/page/elementwise.def"
#undef TAPESTRY_RULE

}  // namespace tapestry::detail::page_numbers
