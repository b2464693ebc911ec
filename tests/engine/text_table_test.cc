#include "engine/base/text_table.h"

#include <boost/test/unit_test.hpp>

namespace tapestry::detail {
namespace {

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
  BOOST_TEST(in_columns({{"a", "long", "1"}, {"bcd", "e", "234"}}, "< = <  >") ==
             "a   = long    1\n"
             "bcd = e     234\n");
}

BOOST_AUTO_TEST_CASE(the_last_column_of_a_layout_stands_for_all_further_ones) {
  BOOST_TEST(in_columns({{"a", "1", "2"}, {"b", "34"}}, ">  >") == "a   1  2\nb  34\n");
}

BOOST_AUTO_TEST_CASE(a_cell_that_ends_a_line_widens_no_column_at_the_left) {
  BOOST_TEST(in_columns({{"title of all"}, {"a", "b"}}, "<  <") == "title of all\na  b\n");
}

BOOST_AUTO_TEST_CASE(a_column_without_text_is_left_out) {
  BOOST_TEST(in_columns({{"a", "", "b"}, {"c", "", ""}}, "< < = <") == "a = b\nc =\n");
}

BOOST_AUTO_TEST_CASE(characters_are_counted_not_bytes) {
  BOOST_TEST(in_columns({{"\u03b1\u03b2", "1"}, {"x", "2"}}, "< <") == "\u03b1\u03b2 1\nx  2\n");
}

BOOST_AUTO_TEST_CASE(further_lines_hang_below_the_first) {
  BOOST_TEST(hanging("x = ", "[1\n2]") == "x = [1\n    2]");
}

}  // namespace
}  // namespace tapestry::detail
