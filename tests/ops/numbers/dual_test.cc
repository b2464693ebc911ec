// Scalars of dual numbers: forward mode over the reverse sweep.
#include <boost/test/unit_test.hpp>

#include "tests/ops/numbers/page.h"

using namespace tapestry;
using namespace tapestry::numbers;

BOOST_AUTO_TEST_CASE(a_walk_over_duals_carries_second_derivatives) {
  for_each_statement([](auto f, std::size_t index) {
    const PageFunction& function = page_function(index);
    const Expected expected = function.expected(function.x(1), function.z(1));
    BasicTape<Dual> tape;
    Dual at(function.x(1)), beside(function.z(1));
    at.tangent.set(0, 1);
    beside.tangent.set(1, 1);
    const BasicScalar<Dual> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<Dual> y = f(x, z);
    const std::vector<Dual> slopes = gradient(y, std::vector{x, z});
    for (std::size_t i : {0, 1}) {
      BOOST_TEST(close(y.value().tangent[i], expected.slopes[i], 1e-14), function.name);
      BOOST_TEST(close(slopes[i].value, expected.slopes[i], 1e-14), function.name);
      for (std::size_t j : {0, 1})
        BOOST_TEST(close(slopes[i].tangent[j], expected.curvature[2 * i + j], 1e-12),
                   function.name);
    }
  });
}
