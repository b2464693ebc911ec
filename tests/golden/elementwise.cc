#include "tests/golden/table.h"

namespace tapestry::golden {

// The page makes its own table.
Table elementwise_table() {
  return {
#define UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {#op, [](const Tensors& x, const Attributes&) -> Results { return tapestry::op(x.at(0)); }},
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  COMPARE(op, result, doc)
#define COMPARE(op, result, doc) \
  {#op,                          \
   [](const Tensors& x, const Attributes&) -> Results { return tapestry::op(x.at(0), x.at(1)); }},
#include "ops/elementwise.def"
  };
}

}  // namespace tapestry::golden
