// Tensors as text.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <iomanip>
#include <sstream>

#include "engine/engine.h"

using namespace tapestry;

namespace {
const Tensor kX = tensor({{1.0, 2.5}, {-30.0, 0.1}});
}

BOOST_AUTO_TEST_CASE(a_format_of_numbers_is_for_each_element_in_aligned_columns) {
  BOOST_TEST(fmt::format("{}", kX) == "[[1, 2.5],\n [-30, 0.1]] f32");
  BOOST_TEST(fmt::format("{:.2f}", kX) == "[[  1.00, 2.50],\n [-30.00, 0.10]]");
  BOOST_TEST(fmt::format("{:8}", kX) == "[[       1,      2.5],\n [     -30,      0.1]]");
  BOOST_TEST(fmt::format("{:.1e}", tensor({0.5})) == "[5.0e-01]");
  BOOST_TEST(fmt::format("{:+}", arange(3, DType::i64)) == "[+0, +1, +2]");
  BOOST_TEST(fmt::format("{:.1f}", zeros({2}, DType::boolean)) == "[0.0, 0.0]");
  BOOST_TEST(fmt::format("{:.1f}", zeros({0})) == "[]");
}

BOOST_AUTO_TEST_CASE(one_element_is_shown_as_a_number) {
  BOOST_TEST(fmt::format("{:.6f}", full({}, 1.5)) == "1.500000");
  BOOST_TEST(fmt::format("{:.3f}", Scalar(0.5)) == "0.500");
}

BOOST_AUTO_TEST_CASE(long_tensors_show_their_ends) {
  BOOST_TEST(fmt::format("{:.1f}", arange(2000)) == "[0.0, 1.0, 2.0, ..., 1997.0, 1998.0, 1999.0]");
  BOOST_TEST(fmt::format("{:.0f}", arange(1000)).find("...") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(streams_that_are_set_format_numbers) {
  std::ostringstream plain, set;
  plain << kX;
  set << std::fixed << std::setprecision(2) << kX;
  BOOST_TEST(plain.str() == fmt::format("{}", kX));
  BOOST_TEST(set.str() == fmt::format("{:.2f}", kX));
}

BOOST_AUTO_TEST_CASE(integers_and_booleans_stay_what_they_are_unless_the_format_is_of_floats) {
  const Tensor k = tensor({7, -9007199254740993}, DType::i64);
  const Tensor mask = tensor({false, true}, DType::boolean);
  BOOST_TEST(fmt::format("{:>3}", k) == "[  7, -9007199254740993]");
  BOOST_TEST(fmt::format("{:d}", full({}, 7, DType::i64)) == "7");
  BOOST_TEST(fmt::format("{:x}", tensor({255, 16}, DType::i64)) == "[ff, 10]");
  BOOST_TEST(fmt::format("{:6}", mask) == "[false , true  ]");
  BOOST_TEST(fmt::format("{:.1f}", tensor({7, 10}, DType::i64)) == "[7.0, 10.0]");
  BOOST_TEST(fmt::format("{:.0f}", mask) == "[0, 1]");
}
