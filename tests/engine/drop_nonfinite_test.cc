// A gradient that drops the partials which are not finite.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

BOOST_AUTO_TEST_CASE(partials_that_are_not_finite_are_dropped_statement_by_statement) {
  Tape tape;
  const Scalar x = tape.variable(0.0), z = tape.variable(2.0);
  const Scalar root = sqrt(x), y = root * z + 3 * x + z * z;
  BOOST_TEST(std::isinf(gradient(y, x)));
  const auto [dx, dz] = gradient(y, x, z, {.drop_nonfinite = true});
  BOOST_TEST(dx.value() == 3);
  BOOST_TEST(dz.value() == 4);
  // Of one statement by one operand as a whole: sqrt(x) z + 3 x has an infinite one by x.
  const Scalar whole = sqrt(x) * z + 3 * x + z;
  const std::vector<Scalar> slopes = gradient(whole, std::vector{x, z}, {.drop_nonfinite = true});
  BOOST_TEST(slopes[0].value() == 3);  // each place of x in it is an operand
  BOOST_TEST(slopes[1].value() == 1);
}

BOOST_AUTO_TEST_CASE(not_a_number_is_dropped_as_infinity_is) {
  Tape tape;
  const Scalar x = tape.variable(0.0);
  const Scalar y = with_partials(1.0, {x, x}, {std::nan(""), 5.0}) + pow(x, 0.5) + log(x * x);
  BOOST_TEST(gradient(y, x, {.drop_nonfinite = true}).value() == 5);
}

BOOST_AUTO_TEST_CASE(where_all_are_finite_it_is_the_gradient) {
  Tape tape;
  std::vector<Scalar> x;
  for (int i = 0; i < 20; ++i) x.push_back(tape.variable(0.3 + 0.1 * i));
  Scalar y = 1;
  for (const Scalar& s : x) y = y * sin(s) + exp(-s) / s;
  const std::vector<double> expected = gradient(y, x);
  const std::vector<Scalar> slopes = gradient(y, x, {.drop_nonfinite = true});
  for (std::size_t i = 0; i < x.size(); ++i)
    BOOST_TEST(slopes[i].value() == expected[i], boost::test_tools::tolerance(1e-14));
  const Tensor weight = tensor({2.0}, DType::f64);
  BOOST_TEST(
      gradient(y, x[3], {.cotangent = weight, .drop_nonfinite = true}).value() == 2 * expected[3],
      boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(what_it_cannot_do_is_refused_by_name) {
  Tape tape;
  const Scalar x = tape.variable(1.0), other = tape.variable(1.0);
  const Tensor t = tape.variable(tensor({1.0, 2.0}));
  const Scalar y = x * x;
  const GradientOptions drop{.drop_nonfinite = true};
  BOOST_TEST(refusal([&] { gradient(y, x, {.create_graph = true, .drop_nonfinite = true}); }) ==
             "[gradient] create_graph with drop_nonfinite; a recorded sweep keeps all partials");
  BOOST_TEST(
      refusal([&] { gradient(sum(t), t, drop); }) ==
      "[gradient] drop_nonfinite with x[0], a tensor; it goes through statements of scalars");
  BOOST_TEST(refusal([&] { gradient(at(stack({x}) * 2, {0}), x, drop); }).find("lies between") !=
             std::string::npos);
  BOOST_TEST(refusal([&] { gradient(y, other, drop); }).find("does not depend") !=
             std::string::npos);
  BOOST_TEST(gradient(y, other, {.allow_unused = true, .drop_nonfinite = true}).value() == 0);
}
