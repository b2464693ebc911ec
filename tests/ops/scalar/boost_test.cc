// Scalars inside Boost.Odeint and Boost.Math.
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/quadrature/trapezoidal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/legendre.hpp>
#include <boost/math/tools/roots.hpp>
#include <boost/numeric/odeint.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "ops/ops.h"

using namespace tapestry;
namespace ode = boost::numeric::odeint;
namespace math = boost::math;
using boost::test_tools::tolerance;

namespace {

using State = std::vector<Scalar>;

// Van der Pol's oscillator to t = 5: the sum of both coordinates, by mu.
template <class Stepper>
void holds(Stepper stepper, double accuracy) {
  Tape tape;
  const Scalar mu = tape.variable(1.5);
  State x{2.0, 0.0};
  const auto flow = [&](const State& s, State& d, double) {
    d[0] = s[1];
    d[1] = mu * (1.0 - s[0] * s[0]) * s[1] - s[0];
  };
  ode::integrate_adaptive(stepper, flow, x, 0.0, 5.0, 0.01);
  const Scalar y = x[0] + x[1];
  BOOST_TEST(y.value() == -0.62646245961, tolerance(accuracy));
  BOOST_TEST(gradient(y, mu) == -1.53388079667, tolerance(accuracy));
}

}  // namespace

BOOST_AUTO_TEST_CASE(controlled_steppers_differentiate_the_solution) {
  holds(ode::make_controlled<ode::runge_kutta_dopri5<State, Scalar, State, double>>(1e-10, 1e-10),
        1e-8);
  holds(ode::make_controlled<ode::runge_kutta_cash_karp54<State, Scalar, State, double>>(1e-10,
                                                                                         1e-10),
        1e-7);
  holds(
      ode::make_controlled<ode::runge_kutta_fehlberg78<State, Scalar, State, double>>(1e-10, 1e-10),
      1e-7);
}

BOOST_AUTO_TEST_CASE(dense_output_and_fixed_steps_do_so_too) {
  holds(ode::make_dense_output<ode::runge_kutta_dopri5<State, Scalar, State, double>>(1e-10, 1e-10),
        1e-7);
  holds(ode::runge_kutta4<State, Scalar, State, double>(), 1e-4);
  holds(ode::runge_kutta4<State>(), 1e-4);
}

BOOST_AUTO_TEST_CASE(boosts_gamma_has_derivatives) {
  Tape tape;
  const Scalar x = tape.variable(2.5);
  const auto digamma = [](double s) { return math::digamma(s); };
  const Scalar gamma = math::tgamma(x);
  BOOST_TEST(gamma.value() == std::tgamma(2.5), tolerance(1e-14));
  BOOST_TEST(gradient(gamma, x) == std::tgamma(2.5) * digamma(2.5), tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(quadratures_and_roots_of_boost_have_derivatives) {
  Tape tape;
  const Scalar a = tape.variable(2.0);
  const auto f = [&](Scalar t) { return Scalar(exp(-a * t)); };
  const double e = std::exp(-2.0), area = (1 - e) / 2, slope = (e * 3 - 1) / 4;
  for (const Scalar& y : {math::quadrature::trapezoidal(f, Scalar(0), Scalar(1), Scalar(1e-10)),
                          math::quadrature::trapezoidal(f, Scalar(0), Scalar(1))}) {
    BOOST_TEST(y.value() == area, tolerance(1e-6));
    BOOST_TEST(gradient(y, a) == slope, tolerance(1e-5));
  }
  // x^2 = a
  const Scalar root = math::tools::newton_raphson_iterate(
      [&](const Scalar& x) { return std::pair<Scalar, Scalar>(x * x - a, 2 * x); }, Scalar(1.5),
      Scalar(1), Scalar(2), 50);
  BOOST_TEST(root.value() == std::sqrt(2.0), tolerance(1e-14));
  BOOST_TEST(gradient(root, a) == 0.5 / std::sqrt(2.0), tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(functions_of_boost_that_deduce_the_types_of_expressions_have_derivatives) {
  Tape tape;
  const Scalar x = tape.variable(1.5);
  const auto holds = [&](const Scalar& y, double value, double slope) {
    BOOST_TEST(y.value() == value, tolerance(1e-12));
    BOOST_TEST(gradient(y, x) == slope, tolerance(1e-8));
  };
  holds(math::beta(x, Scalar(2.0)), 1 / 3.75, -4 / (3.75 * 3.75));  // 1 / (x (x + 1))
  holds(math::lgamma(x * x), std::lgamma(2.25), 3 * math::digamma(2.25));
  holds(math::gamma_p(Scalar(2.0), x), 1 - 2.5 * std::exp(-1.5), 1.5 * std::exp(-1.5));
  holds(math::ibeta(Scalar(2.0), Scalar(3.0), x / 3), 0.6875, 0.5);
  holds(math::legendre_p(3, x / 3), -0.4375, 0.125);
  math::quadrature::tanh_sinh<Scalar> area;
  holds(area.integrate([&](const Scalar& t) { return Scalar(x * t * t); }, Scalar(0), Scalar(1)),
        0.5, 1.0 / 3);
}
