// An expression assigned to a Scalar is one statement of the tape.
#include "ops/scalar/statement.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <sstream>

#include "ops/catalogue/domain.h"
#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

// A point of each function's domain.
namespace tapestry::detail::domains {
namespace {
double one_of(const Domain& domain) { return sample_domain(domain, {3}, 5).to_vector()[1]; }
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  double op##_at() { return one_of(domain); }
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  double op##_at() { return one_of(domain_x); }                                        \
  double op##_beside() { return 0.75 * one_of(domain_z); }
#include "ops/page/elementwise.def"
}  // namespace
}  // namespace tapestry::detail::domains

namespace {

struct Two {
  Tape tape;
  Scalar x = tape.variable(1.25, "x"), z = tape.variable(0.75, "z");
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(however_many_operations_it_has, Two) {
  const Scalar y = x * z + sin(x * 2) / (1 + exp(-z));
  BOOST_TEST(tape.size() == 3u);
  BOOST_TEST(y.id() == 3u);
  BOOST_TEST(tape.operands(3).size() == 4u);
  BOOST_TEST(y.value() == 1.25 * 0.75 + std::sin(2.5) / (1 + std::exp(-0.75)));
  const auto [dx, dz] = gradient(y, x, z);
  const double s = 1 / (1 + std::exp(-0.75));
  BOOST_TEST(dx == 0.75 + 2 * std::cos(2.5) * s, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(dz == 1.25 + std::sin(2.5) * s * (1 - s), boost::test_tools::tolerance(1e-15));
}

BOOST_FIXTURE_TEST_CASE(an_expression_kept_with_auto_holds_what_it_needs, Two) {
  const auto kept = [&] {
    const Scalar inner = x * 3;
    return exp(inner) * (inner + 1);
  }();
  const Scalar y = kept;
  BOOST_TEST(gradient(y, x) == 3 * std::exp(3.75) * (3.75 + 2),
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(kept, x) == gradient(y, x));
}

BOOST_FIXTURE_TEST_CASE(plain_scalars_in_it_become_constants_one_for_each_number, Two) {
  const Scalar half = 0.5;
  Scalar y = x;
  for (int i = 0; i < 10; ++i) y = y * half + half * z;
  BOOST_TEST(tape.size() == 2u + 1u + 10u);
  BOOST_TEST(gradient(y, x) == std::pow(0.5, 10));
  BOOST_TEST(gradient(y, z) == 1 - std::pow(0.5, 10), boost::test_tools::tolerance(1e-15));
}

BOOST_FIXTURE_TEST_CASE(of_plain_numbers_alone_nothing_is_recorded, Two) {
  const Scalar a = 2, b = 3;
  const Scalar y = a * b + exp(a);
  BOOST_TEST(!y.is_tracked());
  BOOST_TEST(tape.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(numbers_of_every_type_mix_in, Two) {
  const Scalar y = 2 * x + 1.5f * z - 3L / x + pow(z, 2) + fmax(x, 1) + std::max(x, z);
  BOOST_TEST(gradient(y, x) == 2 + 3 / (1.25 * 1.25) + 2);
  Scalar sum = 0;
  for (int i = 1; i < 4; ++i) sum += i * x;
  sum -= 1;
  sum *= z;
  sum /= 2;
  BOOST_TEST(gradient(sum, x) == 6 * 0.75 / 2);
  BOOST_TEST((x * z > 0.9 && x + z <= 2 && x != z));
  const Scalar chosen = x > z ? x * z : x;
  BOOST_TEST(gradient(chosen, x) == 0.75);
}

BOOST_FIXTURE_TEST_CASE(a_refused_one_leaves_nothing_behind, Two) {
  Scalar stale;
  {
    Tape other;
    stale = other.variable(1.0);
  }
  BOOST_TEST(refusal([&] {
               Scalar(x * z + exp(stale));
             }).starts_with("[add] operand 2 was recorded on a tape that no longer lives"));
  BOOST_TEST(tape.size() == 2u);
  verify(tape);
  const Scalar y = x * z;
  BOOST_TEST(gradient(y, x) == 0.75);
}

BOOST_FIXTURE_TEST_CASE(a_branch_that_was_not_taken_gives_nothing_however_steep_it_is, Two) {
  const Scalar zero = x - 1.25;
  const Scalar y = relu(-exp(z) + sqrt(zero)) + x;
  BOOST_TEST(gradient(y, x) == 1);
  BOOST_TEST(gradient(y, z, {.create_graph = true}).value() == 0);
}

BOOST_FIXTURE_TEST_CASE(the_first_step_that_goes_wrong_is_named, Two) {
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { Scalar(x + z * log(x - 1.25)); }).starts_with("[log] made -inf from 0"));
}

BOOST_FIXTURE_TEST_CASE(equal_statements_in_a_row_are_one_run, Two) {
  Scalar y = x;
  for (int i = 0; i < 1000; ++i) y = y * z + x;
  BOOST_TEST(tape.span_count() == 2u);
  verify(tape);
}

// Whatever the spans are: a run, kernels that take turns, and a change from one to the other.
BOOST_FIXTURE_TEST_CASE(every_node_of_a_chain_has_an_adjoint, Two) {
  std::vector<Scalar> chain = {x};
  std::vector<double> slopes = {0};  // of each node by the one before it
  const auto then = [&](Scalar y, double slope) {
    chain.push_back(y);
    slopes.push_back(slope);
  };
  for (int i = 0; i < 5; ++i) then(chain.back() * 3, 3);
  for (int i = 0; i < 5; ++i) {
    then(chain.back() + z, 1);
    then(z * chain.back(), 0.75);
  }
  for (int i = 0; i < 2; ++i) then(chain.back() / 2, 0.5);
  const std::vector<double> found = gradient(chain.back(), chain);
  double expected = 1;
  for (std::size_t i = chain.size(); i-- > 0;) {
    BOOST_TEST(found[i] == expected, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(gradient(chain.back(), chain[i]) == found[i]);
    expected *= slopes[i];
  }
  for (const Adjoint& adjoint : adjoints(chain.back()))
    if (adjoint.of > 2) BOOST_TEST(adjoint.value.scalar().value() == found[adjoint.of - 2]);
}

BOOST_FIXTURE_TEST_CASE(drawn_it_is_its_operations, Two) {
  const Scalar y = x * z + 2;
  std::ostringstream text;
  write_text(text, y, {.values = true, .gradients = true});
  BOOST_TEST(text.str() ==
             "%1   x = variable         f64 ()  value 1.25  gradient 0.75\n"
             "%2   z = variable         f64 ()  value 0.75  gradient 1.25\n"
             "%3.1   = mul(%1, %2)      f64 ()  value 0.9375  gradient 1\n"
             "%3     = add(%3.1) [z=2]  f64 ()  value 2.9375  gradient 1\n");
}

// Every function of the page inside a statement, against tensors, first and second derivatives.
BOOST_AUTO_TEST_CASE(every_function_has_its_derivatives_inside_a_statement) {
  const auto agree = [](std::string_view name, double at, double beside, auto f) {
    Tape tape;
    const Scalar s = tape.variable(at), t = tape.variable(beside);
    const Tensor u = tape.variable(full({}, at, DType::f64)),
                 v = tape.variable(full({}, beside, DType::f64));
    const Scalar y = f(s, t);
    const Tensor w = f(u, v);
    const auto same = [&](const char* what, double a, double b) {
      BOOST_TEST(std::abs(a - b) <= 1e-13 * std::max({1.0, std::abs(a), std::abs(b)}),
                 name << ": " << what << " is " << a << ", for tensors " << b);
    };
    same("the value", y.value(), w.item());
    const GradientOptions recorded{.create_graph = true, .allow_unused = true};
    const Scalar ds = gradient(y, s, recorded), dt = gradient(y, t, recorded);
    const Tensor du = gradient(w, u, recorded), dv = gradient(w, v, recorded);
    same("the recorded slope by x", ds.value(), du.item());
    same("the recorded slope by z", dt.value(), dv.item());
    const std::vector<double> plain = gradient(y, std::vector<Scalar>{s, t});
    same("the slope by x", plain[0], du.item());
    same("the slope by z", plain[1], dv.item());
    const GradientOptions unused{.allow_unused = true};
    same("the second derivative", gradient(ds, s, unused).value(), gradient(du, u, unused).item());
    same("the mixed derivative", gradient(ds, t, unused).value(), gradient(du, v, unused).item());
  };
// The page's function, of tensors and scalars: two names of scalars mean C's.
#define OF_PAGE(op, make, kind)                                                       \
  const auto page = [](const auto&... of) {                                           \
    if constexpr ((std::is_same_v<std::remove_cvref_t<decltype(of)>, Tensor> || ...)) \
      return op(of...);                                                               \
    else                                                                              \
      return make<kind::op>(of...);                                                   \
  };
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc)                        \
  {                                                                                     \
    OF_PAGE(op, make_unary, Unary)                                                      \
    agree(#op, domains::op##_at(), 0.7,                                                 \
          [&](const auto& x, const auto& z) { return page(x) * z + x * page(x); });     \
    agree(#op, domains::op##_at(), 0.7,                                                 \
          [&](const auto& x, const auto& z) { return page(x + 0 * z) - z * page(x); }); \
  }
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {                                                                                    \
    OF_PAGE(op, make_binary, Binary)                                                   \
    agree(#op, domains::op##_at(), domains::op##_beside(),                             \
          [&](const auto& x, const auto& z) { return page(x, z) * z + x; });           \
    agree(#op, domains::op##_at(), domains::op##_beside(),                             \
          [&](const auto& x, const auto& z) { return page(1 * x, z + 0 * x); });       \
  }
#include "ops/page/elementwise.def"
}
