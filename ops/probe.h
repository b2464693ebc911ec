// Reads the page at compile time to see what each formula mentions: what the tape must keep for it.
#pragma once

namespace tapestry::probe {

inline constexpr unsigned kX = 1, kZ = 2, kY = 4, kG = 8;

struct Probe {
  unsigned uses = 0;  // a set of kX, kZ, kY, kG
  bool bare = false;  // the formula is one letter
  constexpr Probe(unsigned letters, bool alone) : uses(letters), bare(alone) {}
  constexpr Probe(double) {}  // NOLINT: literals mention nothing
};

constexpr Probe joined(Probe a, Probe b) { return {a.uses | b.uses, false}; }

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

constexpr Probe polygamma(int, Probe x) { return joined(x, x); }

#define UNARY(name, value, vjp, kind, domain, ulps, doc) \
  constexpr Probe name(Probe x) { return joined(x, x); }
#define BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  constexpr Probe name(Probe x, Probe z) { return joined(x, z); }
#include "ops/elementwise.def"

#define TAPESTRY_PROBE(formula)                                   \
  [](Probe g, [[maybe_unused]] Probe x, [[maybe_unused]] Probe z, \
     [[maybe_unused]] Probe y) constexpr {                        \
    return Probe(formula);                                        \
  }                                                               \
  ({kG, true}, {kX, true}, {kZ, true}, {kY, true})
#define UNARY(name, value, vjp, kind, domain, ulps, doc) \
  inline constexpr Probe name##_vjp = TAPESTRY_PROBE(vjp);
#define BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  inline constexpr Probe name##_vjp_x = TAPESTRY_PROBE(vjp_x), name##_vjp_z = TAPESTRY_PROBE(vjp_z);
#include "ops/elementwise.def"
#undef TAPESTRY_PROBE

}  // namespace tapestry::probe
