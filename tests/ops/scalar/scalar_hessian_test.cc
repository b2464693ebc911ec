// Second derivatives of recorded scalars: closed forms, and gradients of gradients.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"
#include "tests/bench/kernels/catalogue.h"
#include "tests/support/refusal.h"
#include "tests/support/variables.h"

using namespace tapestry;
using namespace tapestry::detail;
using tapestry::test::variables;

namespace {

// Row by row, by recorded gradients.
std::vector<double> gradient_of_gradient(Scalar y, const std::vector<Scalar>& xs) {
  std::vector<double> rows;
  for (const Scalar& slope : gradient(y, xs, {.create_graph = true}))
    if (slope.is_tracked())
      for (const Scalar& h : gradient(slope, xs, {.allow_unused = true})) rows.push_back(h.value());
    else
      rows.resize(rows.size() + xs.size());
  return rows;
}

double distance(const std::vector<double>& actual, const std::vector<double>& expected) {
  BOOST_REQUIRE(actual.size() == expected.size());
  double largest = 0, scale = 1e-300;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double apart = std::abs(actual[i] - expected[i]);
    largest = apart <= largest ? largest : apart;  // NaN is largest
    scale = std::max(scale, std::abs(expected[i]));
  }
  return largest / scale;
}

void check_matrix(const Tensor& h, std::initializer_list<double> expected) {
  BOOST_TEST(distance(h.to_vector(), expected) <= 1e-12, fmt::format("{}", h));
}

}  // namespace

BOOST_AUTO_TEST_CASE(closed_forms) {
  Tape tape;
  Scalar x = tape.variable(2), z = tape.variable(3);
  Scalar y = x * x * z + sin(x) / z;
  const double s = std::sin(2), c = std::cos(2);
  check_matrix(hessian(y, {x, z}), {6 - s / 3, 4 - c / 9, 4 - c / 9, 2 * s / 27});
  BOOST_TEST(distance(hvp(y, {x, z}, {1, -2}),
                      {6 - s / 3 - 8 + 2 * c / 9, 4 - c / 9 - 4 * s / 27}) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(every_function_of_the_page_has_the_second_derivatives_of_its_recorded_slopes) {
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)                             \
  for (double number : {0.3, 0.7}) {                                                          \
    Tape tape;                                                                                \
    Scalar a = tape.variable(std::string_view(#name) == "acosh" ? 1 + number : number);       \
    Scalar y = 2 * name(a * 1.1) * (a * a + 1);                                               \
    const double apart = distance(hessian(y, {a}).to_vector(), gradient_of_gradient(y, {a})); \
    BOOST_TEST(apart <= 1e-12, #name << ": " << apart);                                       \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {                                                                                     \
    Tape tape;                                                                          \
    Scalar a = tape.variable(1.7), b = tape.variable(0.6);                              \
    Scalar y = name(a * b, b + 1) * a + name(a, 2.5) * b + name(1.5, b) * a;            \
    const double apart =                                                                \
        distance(hessian(y, {a, b}).to_vector(), gradient_of_gradient(y, {a, b}));      \
    BOOST_TEST(apart <= 1e-12, #name << ": " << apart);                                 \
  }
#include "ops/page/elementwise.def"
}

BOOST_AUTO_TEST_CASE(recorded_gradients_have_hessians) {
  Tape tape;
  Scalar x = tape.variable(0.4), z = tape.variable(1.3);
  Scalar y = exp(x * z) * sqrt(z) + pow(x, z) + lgamma(x) * x;
  for (const Scalar& slope : gradient(y, std::vector<Scalar>{x, z}, {.create_graph = true}))
    BOOST_TEST(distance(hessian(slope, {x, z}).to_vector(), gradient_of_gradient(slope, {x, z})) <=
               1e-12);
  Scalar p = polygamma(2, x) * z;
  BOOST_TEST(distance(hessian(p, {x, z}).to_vector(), gradient_of_gradient(p, {x, z})) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(more_directions_than_a_walk_carries) {
  Tape tape;
  std::vector<Scalar> xs = variables(tape, std::vector<double>(19, 0.5));
  Scalar y = 0;
  for (std::size_t i = 0; i + 1 < xs.size(); ++i)
    y += xs[i] * exp(xs[i + 1] * (0.1 * static_cast<double>(i)));
  const Tensor h = hessian(y, xs);
  BOOST_TEST((h.shape() == Shape{19, 19}));
  BOOST_TEST(distance(h.to_vector(), gradient_of_gradient(y, xs)) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(nothing_flows_along_zeros_however_steep_the_slope) {
  Tape tape;
  Scalar x = tape.variable(0), z = tape.variable(2);
  Scalar root = sqrt(x);
  Scalar y = z * z * z + 0 * root;  // an adjoint of zero meets an infinite slope
  check_matrix(hessian(y, {z}), {12});
  check_matrix(hessian(y, {x, z}), {0, 0, 0, 12});
}

BOOST_AUTO_TEST_CASE(an_x_may_be_computed_from_another) {
  Tape tape;
  Scalar a = tape.variable(1.5);
  Scalar b = a * a;
  Scalar y = b * b * a;
  BOOST_TEST(distance(hessian(y, {a, b}).to_vector(), gradient_of_gradient(y, {a, b})) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(what_does_not_depend_has_zeros) {
  Tape tape;
  Scalar x = tape.variable(1), y = tape.variable(2);
  Scalar late = tape.variable(3);
  Scalar f = y * y;
  check_matrix(hessian(f, {x}), {0});
  check_matrix(hessian(f, {x, y, late}), {0, 0, 0, 0, 2, 0, 0, 0, 0});
  check_matrix(hessian(y, {late}), {0});
  check_matrix(hessian(7.0, {x}), {0});
}

BOOST_AUTO_TEST_CASE(refusals) {
  Tape tape;
  Scalar x = tape.variable(1);
  Scalar external = with_partials(2.0, {x}, {3.0});
  BOOST_TEST(refusal([&] { hessian(Scalar(external * x), {x}); }) ==
             "[hessian] partials (node 2, ()) is made of partials given as numbers, whose "
             "derivatives are not known");
  Scalar element = at(stack({x, x}, DType::f64), {0});
  BOOST_TEST(refusal([&] { hvp(Scalar(element * x), {x}, {1}); }) ==
             "[hvp] at (node 5, ()) lies between: second derivatives of scalars pass scalars "
             "only; take the hessian of a function of tensors");
  check_matrix(hessian(Scalar(element * element), {element}), {2});
  BOOST_TEST(refusal([&] {
               hvp(x, {x}, {1, 2});
             }) == "[hvp] 1 scalars and a vector of 2; each scalar has one number");
  BOOST_TEST(refusal([&] { hessian(x, {Scalar(1)}); }) ==
             "[hessian] x[0] is not recorded on a tape");
}

BOOST_AUTO_TEST_CASE(the_kernels_of_the_bench) {
  bench::for_each_small_kernel([](const auto& kernel) {
    Tape tape;
    std::vector<double> point = kernel.point();
    const std::vector<Scalar> xs = variables(tape, point);
    Scalar y = kernel(xs);
    const Tensor h = hessian(y, xs);
    BOOST_TEST(distance(h.to_vector(), gradient_of_gradient(y, xs)) <= 1e-11, kernel.name());
    // A direction, against differences of gradients: of order 4, by replays.
    std::vector<double> v, differences(xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i) v.push_back(std::cos(static_cast<double>(i + 1)));
    const std::vector<double> along = hvp(y, xs, v);
    const double step = 1e-4;
    for (const auto& [shift, weight] : {std::pair(1., 8.), {-1., -8.}, {2., -1.}, {-2., 1.}}) {
      std::vector<double> moved = point;
      for (std::size_t i = 0; i < xs.size(); ++i) moved[i] += shift * step * v[i];
      replay(y, xs, moved);
      const std::vector<double> slopes = gradient(y, xs);
      for (std::size_t i = 0; i < xs.size(); ++i)
        differences[i] += weight * slopes[i] / (12 * step);
    }
    BOOST_TEST(distance(along, differences) <= 1e-9, kernel.name()
                                                         << " " << distance(along, differences));
  });
}
