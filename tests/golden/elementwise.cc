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
#define UNARY(op, result, vjp, kind, domain, ulps, doc) PREDICATE(op, result, doc)
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  COMPARE(op, result, doc)
#define PREDICATE(op, result, doc) \
  {#op, [](X x, With) -> Results { return tapestry::op(x.at(0)); }},
#define COMPARE(op, result, doc) \
  {#op, [](X x, With) -> Results { return tapestry::op(x.at(0), x.at(1)); }},
#include "ops/elementwise.def"
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
