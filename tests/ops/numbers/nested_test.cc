// Scalars over active scalars: the inner tape's sweep is recorded by the outer one.
#include <boost/test/unit_test.hpp>

#include "tests/ops/numbers/page.h"

using namespace tapestry;
using namespace tapestry::numbers;

BOOST_AUTO_TEST_CASE(slopes_of_scalars_over_scalars_are_followed) {
  for_each_statement([](auto f, std::size_t index) {
    const PageFunction& function = page_function(index);
    const Expected expected = function.expected(function.x(1), function.z(1));
    Tape outer;
    BasicTape<Scalar> inner;
    const std::vector<Scalar> at = {outer.variable(function.x(1)), outer.variable(function.z(1))};
    const BasicScalar<Scalar> x = inner.variable(at[0]), z = inner.variable(at[1]);
    const BasicScalar<Scalar> y = f(x, z);
    BOOST_TEST(close(y.value().value(), expected.value, 1e-15), function.name);
    const std::vector<Scalar> slopes = gradient(y, std::vector{x, z});
    for (std::size_t i : {0, 1}) {
      BOOST_TEST(close(slopes[i].value(), expected.slopes[i], 1e-14), function.name);
      const Scalar slope = slopes[i] + 0 * at[0] + 0 * at[1];
      const std::vector<double> row = gradient(slope, at);
      for (std::size_t j : {0, 1})
        BOOST_TEST(close(row[j], expected.curvature[2 * i + j], 1e-12), function.name);
    }
  });
}

BOOST_AUTO_TEST_CASE(tapes_of_tapes_of_tapes_give_third_derivatives) {
  Tape outer;
  BasicTape<Scalar> middle;
  BasicTape<BasicScalar<Scalar>> inner;
  const Scalar a = outer.variable(0.75);
  const BasicScalar<Scalar> b = middle.variable(a);
  const BasicScalar<BasicScalar<Scalar>> x = inner.variable(b);
  const auto third = gradient(gradient(gradient(sin(x) * exp(2 * x), x), b), a);
  // Im (2 + i)^3 exp((2 + i) x), (2 + i)^3 = 2 + 11 i
  const double e = std::exp(1.5), expected = e * (2 * std::sin(0.75) + 11 * std::cos(0.75));
  BOOST_TEST(third == expected, boost::test_tools::tolerance(1e-14));
}

// The pages of the inner tape go from one recording to the next.
BOOST_AUTO_TEST_CASE(what_an_earlier_walk_left_is_not_added_to) {
  Tape outer;
  for (int round = 0; round < 4; ++round) {
    if (round == 2) outer.clear();
    if (round == 3) outer.rewind(outer.mark());
    BasicTape<Scalar> inner;
    const Scalar at[] = {outer.variable(2.0), outer.variable(3.0)};
    const BasicScalar<Scalar> before = inner.variable(at[0]), x = inner.variable(at[1]);
    const BasicScalar<Scalar> y = before * x * x;
    const Scalar slope = gradient(y, x);
    BOOST_TEST(slope.value() == 12);
    BOOST_TEST(gradient(slope, at[1]) == 4);
    BOOST_TEST(gradient(slope, at[0]) == 6);
  }
}
