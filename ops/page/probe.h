// Reads the page at compile time to see what each formula mentions: what the tape must keep for it.
#pragma once

#include <string_view>

namespace tapestry::detail::probe {

inline constexpr unsigned kX = 1, kZ = 2, kY = 4, kG = 8;

struct Probe {
  unsigned uses = 0;    // a set of kX, kZ, kY, kG
  bool bare = false;    // the formula is one letter
  bool costly = false;  // it calls a function that takes longer than a load from memory
  constexpr Probe(unsigned letters, bool alone) : uses(letters), bare(alone) {}
  constexpr Probe(double) {}  // NOLINT: literals mention nothing
};

constexpr Probe joined(Probe a, Probe b) {
  Probe both{a.uses | b.uses, false};
  both.costly = a.costly || b.costly;
  return both;
}

// Functions of a few instructions.
constexpr bool is_cheap(std::string_view name) {
  for (const std::string_view cheap :
       {"neg",        "abs",  "sign",       "floor",     "ceil",     "round",    "square",
        "reciprocal", "relu", "leaky_relu", "hardswish", "softsign", "add",      "sub",
        "mul",        "div",  "minimum",    "maximum",   "mul_zero", "mul_zeros"})
    if (name == cheap) return true;
  return false;
}
constexpr Probe called(std::string_view name, Probe a, Probe b) {
  Probe result = joined(a, b);
  result.costly |= !is_cheap(name);
  return result;
}

#define TAPESTRY_PROBE_OPERATOR(symbol) \
  constexpr Probe operator symbol(Probe a, Probe b) { return joined(a, b); }
TAPESTRY_PROBE_OPERATOR(+)
TAPESTRY_PROBE_OPERATOR(-)
TAPESTRY_PROBE_OPERATOR(*)
TAPESTRY_PROBE_OPERATOR(/)
TAPESTRY_PROBE_OPERATOR(==)
TAPESTRY_PROBE_OPERATOR(<)
TAPESTRY_PROBE_OPERATOR(<=)
TAPESTRY_PROBE_OPERATOR(>)
TAPESTRY_PROBE_OPERATOR(>=)
#undef TAPESTRY_PROBE_OPERATOR

constexpr Probe operator-(Probe a) { return joined(a, a); }
constexpr Probe zero(Probe) { return {0u, false}; }
constexpr Probe where(Probe mask, Probe a, Probe b) { return joined(mask, joined(a, b)); }

constexpr Probe polygamma(int, Probe x) { return called("polygamma", x, x); }

// Of ops/page/partials.h. A result at hand spares plain numbers a call, but it is not kept for
// that.
constexpr Probe exp_beside(Probe x, Probe) { return called("exp", x, x); }
constexpr Probe sech_squared(Probe x, Probe) { return called("tanh", x, x); }
constexpr Probe logistic(Probe x, Probe) { return called("sigmoid", x, x); }
constexpr Probe cauchy(Probe x) { return joined(x, x); }
constexpr Probe over_squares(Probe x, Probe z) { return called("hypot", x, z); }
constexpr Probe over_hypot(Probe x, Probe y) { return joined(x, y); }
constexpr Probe power_partial(Probe x, Probe z, Probe y) { return called("pow", joined(x, y), z); }
constexpr Probe silu_partial(Probe x) { return called("silu", x, x); }
constexpr Probe mish_partial(Probe x) { return called("mish", x, x); }

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  constexpr Probe name(Probe x) { return called(#name, x, x); }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  constexpr Probe name(Probe x, Probe z) { return called(#name, x, z); }
#include "ops/page/elementwise.def"

#define TAPESTRY_PROBE(formula)                                   \
  [](Probe g, [[maybe_unused]] Probe x, [[maybe_unused]] Probe z, \
     [[maybe_unused]] Probe y) constexpr {                        \
    return Probe(formula);                                        \
  }                                                               \
  ({kG, true}, {kX, true}, {kZ, true}, {kY, true})
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  inline constexpr Probe name##_vjp = TAPESTRY_PROBE(vjp);
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  inline constexpr Probe name##_vjp_x = TAPESTRY_PROBE(vjp_x), name##_vjp_z = TAPESTRY_PROBE(vjp_z);
#include "ops/page/elementwise.def"
#undef TAPESTRY_PROBE

}  // namespace tapestry::detail::probe
