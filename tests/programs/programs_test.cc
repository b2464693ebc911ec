// All ways to the derivatives of random programs agree. tests/programs/run tries many more.
#include <boost/test/unit_test.hpp>

#include "tests/programs/trial.h"

using namespace tapestry::test;

BOOST_AUTO_TEST_CASE(all_ways_to_derivatives_of_tensor_programs_agree) {
  for (std::uint64_t i = 0; i < 300; ++i) BOOST_TEST(trial<TensorProgram>(1, i) == "");
}

BOOST_AUTO_TEST_CASE(all_ways_to_derivatives_of_scalar_programs_agree) {
  for (std::uint64_t i = 0; i < 300; ++i) BOOST_TEST(trial<ScalarProgram>(1, i) == "");
}

BOOST_AUTO_TEST_CASE(programs_are_deep_and_some_are_smooth) {
  std::size_t smooth = 0, smooth_length = 0, length = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto program = program_number<TensorProgram>(1, i);
    smooth += program.smooth;
    (program.smooth ? smooth_length : length) += program.body.size();
  }
  BOOST_TEST(smooth == 50);
  BOOST_TEST(smooth_length > 200);
  BOOST_TEST(length > 200);
}

// A wrong derivative is found, and told by the least program that has it.
BOOST_AUTO_TEST_CASE(ways_that_differ_are_told) {
  BOOST_TEST(!compared({{"a", {1.0, 2.0}}, {"b", {1.0, 2.0 + 1e-12}}}, 1e-9, 1).has_value());
  BOOST_TEST(compared({{"a", {1.0, 2.0}}, {"b", {1.0, 2.1}}}, 1e-9, 1).value() ==
             "a gives 2 at 1, b gives 2.1");
  const double nan = std::nan("");
  BOOST_TEST(!compared({{"a", {nan}}, {"b", {nan}}}, 1e-9, 1).has_value());
  BOOST_TEST(compared({{"a", {nan}}, {"b", {0.0}}}, 1e-9, 1).has_value());
}

BOOST_AUTO_TEST_CASE(smaller_programs_are_programs) {
  const auto program = program_number<ScalarProgram>(1, 6);
  for (const ScalarProgram& one : smaller(program)) {
    BOOST_TEST(one.body.size() <= program.body.size());
    for (std::size_t i = 0; i < one.body.size(); ++i)
      for (std::size_t operand : one.body[i].operands) BOOST_TEST(operand < one.inputs.size() + i);
  }
}
