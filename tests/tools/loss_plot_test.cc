#include "tools/train/loss_plot.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/refusal.h"
#include "tools/train/ticks.h"

namespace tapestry::tools {
namespace {

std::string labels(const Ticks& ticks) {
  std::string text;
  for (int i = 0; i < ticks.count(); ++i) text += (i ? " " : "") + ticks.label(i);
  return text;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++found;
  return found;
}

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers_that_enclose_the_values) {
  BOOST_TEST(labels(ticks_around(0, 2.3, 6)) == "0.0 0.5 1.0 1.5 2.0 2.5");
  BOOST_TEST(labels(ticks_around(95.2, 98.1, 6)) == "95 96 97 98 99");
  BOOST_TEST(labels(ticks_around(0, 0.04, 5)) == "0.00 0.01 0.02 0.03 0.04");
  BOOST_TEST(labels(ticks_around(1, 30, 10, 1)) == "0 5 10 15 20 25 30");
}

BOOST_AUTO_TEST_CASE(values_that_are_all_equal_have_an_axis) {
  for (const double value : {0.0, 0.5, 100.0, 1e12}) {
    const Ticks ticks = ticks_around(value, value, 6, 0.1);
    BOOST_TEST(ticks.high > ticks.low);
    BOOST_TEST(ticks.count() < 20);
    BOOST_TEST((ticks.low <= value && value <= ticks.high));
  }
}

BOOST_AUTO_TEST_CASE(a_plot_has_two_curves_with_a_point_for_each_epoch) {
  const std::string svg = loss_plot({{2, 0.5, 1}, {1, 0.8, 1}, {0.5, 0.9, 1}}, "a < b & c");
  BOOST_TEST(svg.starts_with("<svg xmlns="));
  BOOST_TEST(svg.ends_with("</svg>\n"));
  BOOST_TEST(count(svg, "<polyline") == 2U);
  BOOST_TEST(count(svg, "<circle") == 6U);
  BOOST_TEST(count(svg, ">a &lt; b &amp; c</text>") == 1U);
  BOOST_TEST(count(svg, "nan") == 0U);
}

BOOST_AUTO_TEST_CASE(one_epoch_is_a_plot_and_none_is_refused) {
  BOOST_TEST(count(loss_plot({{2, 0.5, 1}}, ""), "<circle") == 2U);
  BOOST_TEST(refusal([] { loss_plot({}, ""); }) == "[plot] there are no epochs to draw");
}

}  // namespace
}  // namespace tapestry::tools
