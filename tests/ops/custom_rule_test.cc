// Derivatives of the user's own: custom_vjp, on_gradient, straight_through.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

const Tensor kPoint = tensor({0.3, -0.7, 1.1}, DType::f64);

bool close(const Tensor& a, const Tensor& b, double tolerance = 1e-12) {
  return test::distance(a, b) <= tolerance;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_custom_rule_is_used_and_differentiated) {
  // x^2 with a rule that doubles the true slope.
  const auto twice = custom_vjp(
      [](const auto& xs) { return xs[0] * xs[0]; },
      [](const Tensor& g, const auto& xs, const Tensor&) { return std::vector{g * xs[0] * 4.0}; });
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  const Tensor slope = gradient(sum(twice({x})), x, {.create_graph = true});
  BOOST_TEST(close(slope, 4.0 * kPoint));
  BOOST_TEST(close(gradient(sum(slope), x), full({3}, 4, DType::f64)));
  const auto f = [&](const Tensor& u) { return sum(twice({u})); };
  BOOST_TEST(close(jvp(f, kPoint, kPoint).second, sum(4.0 * kPoint * kPoint)));

  const auto opaque = custom_vjp(
      [](const auto& xs) { return xs[0] * xs[0]; },
      [](const Tensor& g, const auto&, const Tensor&) { return std::vector{detach(g)}; });
  const Tensor w = tape.variable(kPoint);
  BOOST_TEST(refusal([&] { gradient(sum(opaque({w}) * w), w, {.create_graph = true}); }) ==
             "[custom_vjp] cotangent 0 is not recorded: derivatives of it need pull to be written "
             "in differentiable "
             "ops of the cotangent");
}

BOOST_AUTO_TEST_CASE(second_derivatives_of_a_custom_rule_that_reads_numbers_are_refused) {
  // x^3, whose slope is made of numbers that no tape follows.
  const auto cube_by = [](const std::function<Tensor(const Tensor&)>& numbers) {
    return [=](const Tensor& x) {
      return sum(custom_vjp([](const auto& xs) { return xs[0] * xs[0] * xs[0]; },
                            [=](const Tensor& g, const auto& xs, const Tensor&) {
                              return std::vector{g * 3.0 * numbers(xs[0])};
                            })({x}));
    };
  };
  const auto of_row = [](const std::vector<double>& row) { return from_vector(row, {3}); };
  const auto by_data = [=](const Tensor& x) {
    std::vector<double> row;
    for (std::int64_t i = 0; i < x.size(); ++i) row.push_back(std::pow(x.data<double>()[i], 2));
    return of_row(row);
  };
  const std::vector<std::function<Tensor(const Tensor&)>> readers{
      [=](const Tensor& x) { return of_row(square(x).to_vector()); },
      [=](const Tensor& x) { return square(of_row(x.to_vector())); },
      [](const Tensor& x) { return square(detach(x)); },
      [](const Tensor& x) { return detach(square(x)) * 1.0; },
      [=](const Tensor& x) { return of_row(detach(square(x)).to_vector()); },
      [](const Tensor& x) { return sum(x).item() / sum(x) * square(x); },
      by_data,
      [=](const Tensor& x) { return by_data(detach(x)); }};
  const std::string expected =
      "[custom_vjp] pull reads the numbers of a recorded tensor, by item(), to_vector(), data() or "
      "detach(), and its result is recorded to be differentiated again; it must be written in "
      "differentiable ops, or say stop_gradient()";
  for (std::size_t i = 0; i < readers.size(); ++i) {
    BOOST_TEST_CONTEXT("reader " << i) {
      const auto f = cube_by(readers[i]);
      BOOST_TEST(close(grad(f)(kPoint), 3.0 * square(kPoint)));
      BOOST_TEST(close(jvp(f, kPoint, kPoint).second, 3.0 * sum(kPoint * square(kPoint))));
      Tape tape;
      const Tensor x = tape.variable(kPoint);
      BOOST_TEST(refusal([&] { gradient(f(x), x, {.create_graph = true}); }) == expected);
      BOOST_TEST(refusal([&] { grad([&](const Tensor& u) { return sum(grad(f)(u)); })(kPoint); }) ==
                 expected);
      BOOST_TEST(refusal([&] { hessian(f, kPoint); }) == expected);
      BOOST_TEST(refusal([&] { hvp(f, kPoint, kPoint); }) == expected);
      BOOST_TEST(refusal([&] {
                   grad([&](const Tensor& u) { return jvp(f, u, kPoint).second; })(kPoint);
                 }) == expected);
    }
  }
  // What is not a number of the slope may be looked at, and what is said to be constant is.
  const auto harmless = cube_by([](const Tensor& x) {
    BOOST_TEST(!fmt::format("{}", x).empty());
    const bool positive = (x > 0).to_vector()[0] != 0;
    return positive ? x * x : square(x);
  });
  BOOST_TEST(close(hessian(harmless, kPoint), 6.0 * kPoint * eye(3, DType::f64)));
  const auto said = cube_by([](const Tensor& x) { return x * stop_gradient(x); });
  BOOST_TEST(close(hessian(said, kPoint), 3.0 * kPoint * eye(3, DType::f64)));
}

BOOST_AUTO_TEST_CASE(hooks_read_and_replace_adjoints) {
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  Tensor seen;
  const Tensor h = on_gradient(x * 2.0, [&](const Tensor& g) {
    seen = g;
    return clamp(g, -0.5, 0.5);
  });
  const Tensor slope = gradient(sum(h * h), x);
  BOOST_TEST(close(detach(seen), 4.0 * kPoint));
  BOOST_TEST(close(slope, 2.0 * clamp(4.0 * kPoint, -0.5, 0.5)));
  const Tensor rounded = straight_through([](const Tensor& u) { return round(u); }, x);
  BOOST_TEST(rounded.to_vector() == (std::vector<double>{0, -1, 1}));
  BOOST_TEST(close(gradient(sum(rounded * 3.0), x), full({3}, 3, DType::f64)));
}

BOOST_AUTO_TEST_CASE(a_hook_that_replaces_by_numbers_has_no_second_derivative) {
  const auto hooked = [](const Function& hook) {
    return [=](const Tensor& x) { return sum(square(on_gradient(square(x), hook))); };
  };
  const auto clipped = hooked([](const Tensor& g) { return g / norm(g).item(); });
  BOOST_TEST(grad(clipped)(kPoint).size() == 3);
  BOOST_TEST(refusal([&] { hessian(clipped, kPoint); }) ==
             "[on_gradient] the hook reads the numbers of a recorded tensor, by item(), "
             "to_vector(), data() or detach(), and its result is recorded to be differentiated "
             "again; it must be written in differentiable ops, or say stop_gradient()");
  double seen = 0;
  const auto watched = hooked([&](const Tensor& g) {
    seen = norm(g).item();
    return g;
  });
  BOOST_TEST(close(hessian(watched, kPoint), 12.0 * square(kPoint) * eye(3, DType::f64)));
  BOOST_TEST(seen > 0);
}
