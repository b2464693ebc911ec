#include "engine/base/spelling.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace tapestry::detail {
namespace {

const std::vector<std::string> kNames{"sin", "asin", "exp", "maximum", "--data", "--data-dir"};

BOOST_AUTO_TEST_CASE(a_name_that_is_near_is_meant) {
  BOOST_TEST(did_you_mean("sine", kNames) == " (did you mean sin?)");
  BOOST_TEST(did_you_mean("arcsin", kNames) == " (did you mean asin?)");
  BOOST_TEST(did_you_mean("maxinum", kNames) == " (did you mean maximum?)");
  BOOST_TEST(did_you_mean("--dta", kNames) == " (did you mean --data?)");
  BOOST_TEST(did_you_mean("--datadir", kNames) == " (did you mean --data-dir?)");
  BOOST_TEST(did_you_mean("SIN", kNames) == " (did you mean sin?)");
  BOOST_TEST(did_you_mean("data", kNames) == " (did you mean --data?)");
  BOOST_TEST(did_you_mean("--data-directory", kNames) == " (did you mean --data?)");
  BOOST_TEST(did_you_mean("exponential", kNames) == " (did you mean exp?)");
  BOOST_TEST(did_you_mean("maxi", kNames) == " (did you mean maximum?)");
  BOOST_TEST(did_you_mean("sni", kNames) == " (did you mean sin?)");  // swapped
}

BOOST_AUTO_TEST_CASE(a_name_that_is_far_is_not) {
  for (const char* word : {"", "-", "x", "cos", "banana", "e", "median"})
    BOOST_TEST(did_you_mean(word, kNames) == "", word);
  BOOST_TEST(did_you_mean(std::string(1'000'000, 's'), kNames) == "");
  BOOST_TEST(did_you_mean("sin", std::vector<std::string>{}) == "");
}

}  // namespace
}  // namespace tapestry::detail
