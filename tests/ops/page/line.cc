#include "tests/ops/page/line.h"

#include <string_view>

// Where the names of domains mean no function.
namespace tapestry::detail::domains {
namespace {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) constexpr Domain op##_x = domain;
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  constexpr Domain op##_x = domain_x, op##_z = domain_z;
#include "ops/page/elementwise.def"
}  // namespace
}  // namespace tapestry::detail::domains

namespace tapestry::exact {
namespace {

#define TAPESTRY_FORM(type, call) \
  [](const type& x, [[maybe_unused]] const type& z) -> type { return call; }
// Of scalars the page's function, also where C's has that name.
#define TAPESTRY_FORMS(call, of_scalars)                          \
  TAPESTRY_FORM(Tensor, call), TAPESTRY_FORM(Scalar, of_scalars), \
      TAPESTRY_FORM(BasicScalar<float>, of_scalars),              \
      TAPESTRY_FORM(BasicScalar<Lanes>, of_scalars), TAPESTRY_FORM(Dual, call)

std::vector<Line> made() {
  return {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {#op,                                                          \
   false,                                                        \
   detail::domains::op##_x,                                      \
   detail::domains::reals,                                       \
   Ulps ulps,                                                    \
   [](Real x, Real) {                                            \
     const UnaryTruth truth = functions::op(x);                  \
     return BinaryTruth{truth.value, truth.partial, 0.0L};       \
   },                                                            \
   TAPESTRY_FORMS(tapestry::op(x), detail::make_unary<detail::Unary::op>(x))},
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {#op,                                                                                \
   true,                                                                               \
   detail::domains::op##_x,                                                            \
   detail::domains::op##_z,                                                            \
   Ulps ulps,                                                                          \
   &functions::op,                                                                     \
   TAPESTRY_FORMS(tapestry::op(x, z), (detail::make_binary<detail::Binary::op>(x, z)))},
#include "ops/page/elementwise.def"
  };
}

}  // namespace

const std::vector<Line>& lines() {
  static const std::vector<Line> all = made();
  return all;
}

const Line& line(const char* name) {
  for (const Line& line : lines())
    if (std::string_view(line.name) == name) return line;
  detail::refuse("line", "the page has no line {}", name);
}

}  // namespace tapestry::exact
