#include "tools/tutorial/formulas.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"

namespace tapestry::tools {
namespace {

struct Board {
  Tape tape;
  Scalar a = tape.variable(2, "a"), b = tape.variable(-3, "b"), c = tape.variable(0.5, "c");

  std::string symbols(Scalar x) const { return Formulas(tape).symbols(x.id()); }
  std::string numbers(Scalar x) const { return Formulas(tape).numbers(x.id()); }
};

BOOST_FIXTURE_TEST_CASE(a_formula_reads_as_it_was_written, Board) {
  BOOST_TEST(symbols(a + b * c) == "a + b * c");
  BOOST_TEST(symbols((a + b) * c) == "(a + b) * c");
  BOOST_TEST(symbols(a - (b - c)) == "a - (b - c)");
  BOOST_TEST(symbols(a - b - c) == "a - b - c");
  BOOST_TEST(symbols(a / (b * c)) == "a / (b * c)");
  BOOST_TEST(symbols(-(a + b)) == "-(a + b)");
  BOOST_TEST(symbols(a + -b) == "a + (-b)");
  BOOST_TEST(symbols(square(a + b)) == "(a + b)^2");
  BOOST_TEST(symbols(square(square(a))) == "(a^2)^2");
  BOOST_TEST(symbols(sin(a * b)) == "sin(a * b)");
  BOOST_TEST(symbols(atan2(a, b + c)) == "atan2(a, b + c)");
}

BOOST_FIXTURE_TEST_CASE(constants_stand_where_they_stood, Board) {
  BOOST_TEST(symbols(2 - a) == "2 - a");
  BOOST_TEST(symbols(a - 2) == "a - 2");
  BOOST_TEST(symbols(1 / (a + 1)) == "1 / (a + 1)");
  BOOST_TEST(symbols(a * -2) == "a * (-2)");
  BOOST_TEST(symbols(1 * a) == "a");
}

BOOST_FIXTURE_TEST_CASE(numbers_take_the_place_of_names, Board) {
  BOOST_TEST(numbers(a + b * c) == "2 + (-3 * 0.5)");
  BOOST_TEST(numbers(b * a + c) == "-3 * 2 + 0.5");
  BOOST_TEST(numbers(square(b)) == "(-3)^2");
}

BOOST_FIXTURE_TEST_CASE(named_results_stand_for_themselves, Board) {
  const Scalar sum = a + b;
  tape.set_name(sum, "s");
  const Scalar y = sum * sum;
  BOOST_TEST(symbols(y) == "s * s");
  BOOST_TEST(numbers(y) == "-1 * (-1)");
  BOOST_TEST(Formulas(tape).parts(y.id()).operands == std::vector<NodeId>{sum.id()},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_local_derivative_is_a_formula_too, Board) {
  const Scalar y = a * b + sin(c);
  const std::vector<Partial> found = partials(tape, y.id());
  BOOST_REQUIRE(found.size() == 3U);
  BOOST_TEST(symbols(found[0].partial) == "b");
  BOOST_TEST(symbols(found[1].partial) == "a");
  BOOST_TEST(symbols(found[2].partial) == "cos(c)");
  BOOST_TEST(found[2].partial.value() == std::cos(0.5));
}

BOOST_FIXTURE_TEST_CASE(local_derivatives_hold_the_other_operands_still, Board) {
  const Scalar half = a * 0.5;
  tape.set_name(half, "half");
  const Scalar y = a * half;  // by way of half, a moves y once more; that is not local
  const std::vector<Partial> found = partials(tape, y.id());
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].partial.value() == 1);
  BOOST_TEST(found[1].partial.value() == 2);
}

BOOST_FIXTURE_TEST_CASE(an_operand_used_twice_has_one_local_derivative, Board) {
  const Scalar product = a * a, sum = product + a;
  const std::vector<Partial> found = partials(tape, sum.id());
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].partial.value() == 5);
}

}  // namespace
}  // namespace tapestry::tools
