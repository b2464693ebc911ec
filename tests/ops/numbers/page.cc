#include "tests/ops/numbers/page.h"

#include "ops/catalogue/domain.h"

namespace tapestry::detail::domains {
namespace {
double one_of(const Domain& domain, std::size_t i) {
  return sample_domain(domain, {kLanes}, 5).to_vector()[i];
}
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  double op##_at(std::size_t i) { return one_of(domain, i); }
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  double op##_at(std::size_t i) { return one_of(domain_x, i); }                        \
  double op##_beside(std::size_t i) { return 0.75 * one_of(domain_z, i); }
#include "ops/page/elementwise.def"
}  // namespace
}  // namespace tapestry::detail::domains

namespace tapestry::numbers {
using namespace detail;
namespace {

template <class F>
Expected expected_of(double at, double beside) {
  Tape tape;
  const Scalar x = tape.variable(at), z = tape.variable(beside);
  const Scalar y = F{}(x, z);
  return {y.value(), gradient(y, std::vector{x, z}), hessian(y, {x, z}).to_vector()};
}

std::vector<PageFunction> page() {
  std::vector<PageFunction> functions = {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {#op, &domains::op##_at, &domains::op##_at, nullptr},
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {#op, &domains::op##_at, &domains::op##_beside, nullptr},
#include "ops/page/elementwise.def"
  };
  for_each_statement(
      [&]<class F>(F, std::size_t index) { functions.at(index).expected = &expected_of<F>; });
  return functions;
}

}  // namespace

const PageFunction& page_function(std::size_t index) {
  static const std::vector<PageFunction> functions = page();
  return functions.at(index);
}

}  // namespace tapestry::numbers
