// A branch that where() did not take stays silent in every kind of sweep, though its slope is
// infinite or not a number there; and a zero that varies keeps its derivatives.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"
#include "tests/support/differences.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const Tensor kPoints = tensor({-2.0, -0.0, 0.0, 0.25, 4.0}, DType::f64);

// A function of each element that is singular at 0 or undefined below, masked there; its first
// three derivatives where the mask holds, and 0 elsewhere.
struct Masked {
  std::string name;
  Function f;
  bool below;  // the mask holds for x < 0, too
  double (*derivatives[3])(double);
};

const std::vector<Masked> kMasked = {
    {"sqrt",
     [](const Tensor& x) { return where(x > 0, sqrt(x), 0); },
     false,
     {[](double x) { return 0.5 / std::sqrt(x); },
      [](double x) { return -0.25 * std::pow(x, -1.5); },
      [](double x) { return 0.375 * std::pow(x, -2.5); }}},
    {"sin(x) / x",
     [](const Tensor& x) { return where(x != 0, sin(x) / x, 1); },
     true,
     {[](double x) { return (x * std::cos(x) - std::sin(x)) / (x * x); },
      [](double x) {
        return -std::sin(x) / x - 2 * std::cos(x) / (x * x) + 2 * std::sin(x) / (x * x * x);
      },
      [](double x) {
        return -std::cos(x) / x + 3 * std::sin(x) / (x * x) + 6 * std::cos(x) / (x * x * x) -
               6 * std::sin(x) / (x * x * x * x);
      }}},
    {"log",
     [](const Tensor& x) { return where(x > 0, log(x), 0); },
     false,
     {[](double x) { return 1 / x; }, [](double x) { return -1 / (x * x); },
      [](double x) { return 2 / (x * x * x); }}},
    {"log(sqrt(x))",  // a singular function of a singular function
     [](const Tensor& x) { return where(x > 0, log(sqrt(x)), 0); },
     false,
     {[](double x) { return 0.5 / x; }, [](double x) { return -0.5 / (x * x); },
      [](double x) { return 1 / (x * x * x); }}},
    {"x log(x)",
     [](const Tensor& x) { return where(x > 0, x * log(x), 0); },
     false,
     {[](double x) { return std::log(x) + 1; }, [](double x) { return 1 / x; },
      [](double x) { return -1 / (x * x); }}},
    {"x^(3/2)",
     [](const Tensor& x) { return where(x > 0, pow(x, 1.5), 0); },
     false,
     {[](double x) { return 1.5 * std::sqrt(x); }, [](double x) { return 0.75 / std::sqrt(x); },
      [](double x) { return -0.375 * std::pow(x, -1.5); }}}};

Tensor expected(const Masked& masked, int order) {
  std::vector<double> values;
  for (double x : kPoints.to_vector())
    values.push_back(x > 0 || (x < 0 && masked.below) ? masked.derivatives[order - 1](x) : 0);
  return from_vector(values, kPoints.shape());
}

Function summed(Function f) {
  return [f = std::move(f)](const Tensor& x) { return sum(f(x)); };
}

// d/dx of sum(f(x)), recorded on the tape that records.
Function recorded_slope(Function f) {
  return [f = std::move(f)](const Tensor& x) {
    return gradient(sum(f(x)), x, {.create_graph = true});
  };
}

void check(const Tensor& found, const Masked& masked, int order, std::string_view sweep) {
  BOOST_TEST(test::distance(found, expected(masked, order)) < 1e-12,
             masked.name << ", " << sweep << ": " << fmt::format("{}", found) << ", not "
                         << fmt::format("{}", expected(masked, order)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_derivatives_of_masked_functions_are_finite_in_every_sweep) {
  const Tensor along = ones_like(kPoints);
  for (const Masked& masked : kMasked) {
    Tape tape;
    const Tensor x = tape.variable(kPoints);
    check(gradient(sum(masked.f(x)), x), masked, 1, "plain");
    check(recorded_slope(masked.f)(x), masked, 1, "recorded");
    check(jvp(masked.f, detach(x), along).second, masked, 1, "forward");
    check(jvp(masked.f, x, along).second, masked, 1, "forward, followed");
  }
}

BOOST_AUTO_TEST_CASE(second_derivatives_of_masked_functions_are_finite_in_every_pair_of_sweeps) {
  const Tensor along = ones_like(kPoints);
  for (const Masked& masked : kMasked) {
    check(hvp(summed(masked.f), kPoints, along), masked, 2, "forward over reverse");
    check(grad(summed(grad(summed(masked.f))))(kPoints), masked, 2, "reverse over reverse, nested");
    const Function forward = [&](const Tensor& x) { return jvp(masked.f, x, along).second; };
    check(grad(summed(forward))(kPoints), masked, 2, "reverse over forward");
    check(jvp(forward, kPoints, along).second, masked, 2, "forward over forward");
    Tape tape;
    const Tensor x = tape.variable(kPoints);
    check(gradient(sum(recorded_slope(masked.f)(x)), x), masked, 2, "recorded, then plain");
    check(recorded_slope(recorded_slope(masked.f))(x), masked, 2, "recorded twice");
  }
}

BOOST_AUTO_TEST_CASE(third_derivatives_of_masked_functions_are_finite) {
  for (const Masked& masked : kMasked) {
    Tape tape;
    const Tensor x = tape.variable(kPoints);
    check(gradient(sum(recorded_slope(recorded_slope(masked.f))(x)), x), masked, 3, "recorded");
    check(hvp(summed(grad(summed(masked.f))), kPoints, ones_like(kPoints)), masked, 3, "nested");
  }
}

BOOST_AUTO_TEST_CASE(a_zero_that_varies_keeps_its_derivatives) {
  Tape tape;
  const Tensor x = tape.variable(zeros({3}, DType::f64)), z = tape.variable(zeros({3}, DType::f64));
  const auto slope = [](const Tensor& y, const Tensor& of) {
    return gradient(sum(y), of, {.create_graph = true});
  };
  const Tensor twice = slope(slope(square(sin(x)), x), x);
  BOOST_TEST(twice.to_vector() == (std::vector<double>{2, 2, 2}));  // 2 cos 2x
  const Tensor fourth = slope(slope(slope(slope(x * x * z * z, x), z), x), z);
  BOOST_TEST(fourth.to_vector() == (std::vector<double>{4, 4, 4}));
}

BOOST_AUTO_TEST_CASE(an_infinite_adjoint_is_not_hidden_by_a_slope_of_zero) {
  for (bool create_graph : {false, true}) {
    Tape tape;
    const Tensor x = tape.variable(tensor({0.0}, DType::f64));
    const Tensor slope = gradient(sum(log(x * x)), x, {.create_graph = create_graph});
    BOOST_TEST(std::isnan(slope.item()));  // 2 / x, by way of 1 / x^2 and 2 x
  }
}

namespace {

template <class T>
T flat_beside_steep(const T& x) {
  return x * sqrt(x) + sqrt(x) * x;
}

}  // namespace

// At 0 the adjoint of the square root is 0 and its slope infinite.
BOOST_AUTO_TEST_CASE(a_zero_adjoint_meets_a_steep_slope_in_scalars_of_every_number) {
  Tape tape;
  const Scalar x = tape.variable(0.0);
  const Scalar y = flat_beside_steep(x), s = sqrt(x), apart = x * s + s * x;
  for (const Scalar& of : {y, apart}) {
    BOOST_TEST(gradient(of, x) == 0);
    const Scalar slope = gradient(of, x, {.create_graph = true});
    BOOST_TEST(slope.value() == 0);
    BOOST_TEST(std::isinf(gradient(slope, x)));
    BOOST_TEST(std::isinf(hessian(of, {x}).item()));
  }
  {
    BasicTape<Lanes> lanes;
    Lanes at(4);
    at.set(3, 0);
    const BasicScalar<Lanes> u = lanes.variable(at);
    const Lanes slope = gradient(flat_beside_steep(u), u);
    BOOST_TEST(slope[0] == 6);
    BOOST_TEST(slope[3] == 0);
  }
  {
    BasicTape<Dual> duals;
    Dual at(0);
    at.tangent.set(1, 1);
    const BasicScalar<Dual> u = duals.variable(at);
    const Dual slope = gradient(flat_beside_steep(u), u);
    BOOST_TEST(slope.value == 0);
    BOOST_TEST(slope.tangent[0] == 0);
    BOOST_TEST(std::isinf(slope.tangent[1]));
  }
  BasicTape<Scalar> inner;
  const BasicScalar<Scalar> u = inner.variable(x);
  const Scalar slope = gradient(flat_beside_steep(u), u);
  BOOST_TEST(slope.value() == 0);
  BOOST_TEST(std::isinf(gradient(slope, x)));
}
