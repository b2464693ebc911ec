// Scalars of float are the page in double, rounded.
#include <boost/test/unit_test.hpp>

#include "tests/ops/numbers/page.h"

using namespace tapestry;
using namespace tapestry::numbers;

BOOST_AUTO_TEST_CASE(scalars_of_float_are_those_of_double_rounded) {
  for_each_statement([](auto f, std::size_t index) {
    const PageFunction& function = page_function(index);
    const auto at = static_cast<float>(function.x(1)), beside = static_cast<float>(function.z(1));
    const Expected expected = function.expected(at, beside);
    BasicTape<float> tape;
    const BasicScalar<float> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<float> y = f(x, z);
    BOOST_TEST(close(y.value(), expected.value, 1e-6), function.name);
    const std::vector<float> slopes = gradient(y, std::vector{x, z});
    for (int i : {0, 1}) BOOST_TEST(close(slopes[i], expected.slopes[i], 1e-5), function.name);
  });
}
