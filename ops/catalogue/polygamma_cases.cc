#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/catalogue/domain.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/polygamma.h"
#include "ops/elementwise/where.h"
#include "ops/page/gamma.h"

namespace tapestry::detail {

std::vector<OpInfo> polygamma_cases() {
  const auto at = [](const Domain& domain) { return sample_domain(domain, {3, 4}, 2); };
  return {
      {"polygamma",
       "derivative number order + 1 of lgamma",
       true,
       {{"order 1", {at(domains::above(1))}, [](const auto& in) { return polygamma(1, in[0]); }},
        {"order 4", {at(domains::above(2))}, [](const auto& in) { return polygamma(4, in[0]); }},
        {"between poles",
         {at(domains::between(-2, -1))},
         [](const auto& in) { return polygamma(2, in[0]) * 1e-4; }}},
       {{"a negative order", [] { polygamma(-1, full({2}, 1)); },
         "[polygamma] the order is -1; it must not be negative"}}}};
}

}  // namespace tapestry::detail
