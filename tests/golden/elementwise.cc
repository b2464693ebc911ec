#include "tests/golden/table.h"

namespace tapestry::golden {
using namespace detail;
namespace {

Replacements replacements(const Attributes& with) {
  Replacements by{.nan = with.value("nan", 0.0)};
  if (with.contains("posinf")) by.posinf = with["posinf"].get<double>();
  if (with.contains("neginf")) by.neginf = with["neginf"].get<double>();
  return by;
}

}  // namespace

// The page makes its own table; those with attributes follow.
Table elementwise_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) TAPESTRY_PREDICATE(op, result, doc)
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_COMPARE(op, result, doc)
#define TAPESTRY_PREDICATE(op, result, doc) \
  {#op, [](X x, With) -> Results { return tapestry::op(x.at(0)); }},
#define TAPESTRY_COMPARE(op, result, doc) \
  {#op, [](X x, With) -> Results { return tapestry::op(x.at(0), x.at(1)); }},
#include "ops/page/elementwise.def"
      {"polygamma", [](X x, With with) -> Results { return polygamma(with.at("order"), x.at(0)); }},
      {"lerp", [](X x, With) -> Results { return lerp(x.at(0), x.at(1), x.at(2)); }},
      {"lerp_number",
       [](X x, With with) -> Results {
         return lerp(x.at(0), x.at(1), with.at("t").get<double>());
       }},
      {"nan_to_num",
       [](X x, With with) -> Results { return nan_to_num(x.at(0), replacements(with)); }},
  };
}

}  // namespace tapestry::golden
