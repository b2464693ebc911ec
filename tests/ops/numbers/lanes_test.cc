// Scalars of lanes are eight computations at once.
#include <boost/test/unit_test.hpp>

#include "tests/ops/numbers/page.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::numbers;

BOOST_AUTO_TEST_CASE(each_lane_is_a_computation_of_its_own) {
  for_each_statement([](auto f, std::size_t index) {
    const PageFunction& function = page_function(index);
    BasicTape<Lanes> tape;
    Lanes at, beside;
    for (std::size_t k = 0; k < kLanes; ++k) at.set(k, function.x(k)), beside.set(k, function.z(k));
    const BasicScalar<Lanes> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<Lanes> y = f(x, z);
    const std::vector<Lanes> slopes = gradient(y, std::vector{x, z});
    for (std::size_t k = 0; k < kLanes; ++k) {
      const Expected expected = function.expected(at[k], beside[k]);
      BOOST_TEST(close(y.value()[k], expected.value, 1e-14), function.name);
      for (int i : {0, 1})
        BOOST_TEST(close(slopes[i][k], expected.slopes[i], 1e-13), function.name);
    }
  });
}

BOOST_AUTO_TEST_CASE(a_branch_needs_all_lanes_to_agree_and_where_chooses_for_each) {
  BasicTape<Lanes> tape;
  Lanes at(4.0);
  const BasicScalar<Lanes> agreed = tape.variable(at);
  BOOST_TEST((agreed > 1));
  BOOST_TEST(!(agreed == 1));
  BOOST_TEST(isfinite(agreed));
  at.set(2, 0);
  const BasicScalar<Lanes> x = tape.variable(at);
  BOOST_TEST(refusal([&] { (void)(x > 1); }) ==
             "[lanes] a comparison is true in 7 of 8 lanes; a branch needs "
             "all to agree, where() chooses for each");
  // The slope of sqrt at 0 is infinite, in a lane that does not take it.
  const BasicScalar<Lanes> y = where(x.value() > 0, sqrt(x) * 3, 2 * x);
  BOOST_TEST(y.value()[0] == 6);
  BOOST_TEST(y.value()[2] == 0);
  const Lanes slope = gradient(y, x);
  BOOST_TEST(slope[0] == 0.75);
  BOOST_TEST(slope[2] == 2);
}
