#include "nn/data/csv.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "engine/tensor/format.h"
#include "tests/nn/csv_text.h"

namespace tapestry::nn {
using namespace detail;
namespace {

BOOST_AUTO_TEST_CASE(the_last_column_is_the_class) {
  const Dataset set = read("1.5,-2e3,0\n.25,4,2\n");
  BOOST_TEST(set.inputs.shape() == Shape({2, 2}));
  BOOST_TEST(set.inputs.dtype() == DType::f32);
  BOOST_TEST(set.inputs.to_vector() == (Numbers{1.5, -2000, 0.25, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(set.labels.shape() == Shape({2}));
  BOOST_TEST(set.labels.dtype() == DType::i64);
  BOOST_TEST(set.labels.to_vector() == (Numbers{0, 2}), boost::test_tools::per_element());
  BOOST_TEST(set.classes == 3);
  BOOST_TEST(set.name == "t.csv");
}

BOOST_AUTO_TEST_CASE(any_column_may_be_the_class) {
  const Dataset set = read("7,1,2\n8,0,4\n", {.label_column = 1, .classes = 5});
  BOOST_TEST(set.inputs.to_vector() == (Numbers{7, 2, 8, 4}), boost::test_tools::per_element());
  BOOST_TEST(set.labels.to_vector() == (Numbers{1, 0}), boost::test_tools::per_element());
  BOOST_TEST(set.classes == 5);
  BOOST_TEST(read("3,1\n", {.label_column = -2}).labels.item() == 3);
}

BOOST_AUTO_TEST_CASE(a_line_of_names_is_a_header) {
  BOOST_TEST(read("width,\"height, in \"\"m\"\"\",class\n1,2,0\n").inputs.shape() == Shape({1, 2}));
  BOOST_TEST(read("1,2,0\n3,4,1\n").size() == 2);
  BOOST_TEST(read("0,1,2\n3,4,1\n", {.header = CsvHeader::present}).size() == 1);
}

BOOST_AUTO_TEST_CASE(a_first_line_with_one_bad_number_is_no_header) {
  BOOST_TEST(refused("1,2x,0\n") == "line 1, column 2: \"2x\"; expected a finite number");
  BOOST_TEST(refused("a,b\n1,2\n", {.header = CsvHeader::absent}) ==
             "line 1, column 1: \"a\"; expected a finite number");
}

BOOST_AUTO_TEST_CASE(text_of_many_makers_reads_the_same) {
  for (const std::string text :
       {"1,2,0\n3,4,1\n", "1,2,0\n3,4,1", "1,2,0\r\n3,4,1\r\n", "\357\273\2771,2,0\n3,4,1\n",
        "\n1,2,0\n\n  \r\n3,4,1\n\n", "\"1\",\"2\",\"0\"\n\"3\", \"4\" ,\"1\"\r\n",
        " 1 ,\t2, +0\n3.0,4e0,1.0\n"}) {
    const Dataset set = read(text);
    BOOST_TEST(set.inputs.to_vector() == (Numbers{1, 2, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(set.labels.to_vector() == (Numbers{0, 1}), boost::test_tools::per_element());
  }
  BOOST_TEST(read("1;2;0\n", {.delimiter = ';'}).inputs.shape() == Shape({1, 2}));
  BOOST_TEST(read("1\t2\t0\n", {.delimiter = '\t'}).inputs.shape() == Shape({1, 2}));
}

BOOST_AUTO_TEST_CASE(gzip_is_unpacked) {
  BOOST_TEST(read(gzipped("1,2,0\n")).inputs.to_vector() == (Numbers{1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(refused(gzipped("1,2,0\n").substr(0, 20)) ==
             "the gzip data is damaged or cut off; expected a whole gzip file");
}

BOOST_AUTO_TEST_CASE(a_ragged_line_is_named) {
  BOOST_TEST(refused("1,2,0\n3,1\n") == "line 2 has 2 columns; expected 3, as in the first");
  BOOST_TEST(refused("a,b\n\n1,2\n3,4,5\n") == "line 4 has 3 columns; expected 2, as in the first");
  BOOST_TEST(refused("1,2,0,\n") ==
             "line 1, column 4: \"\" stands for a missing label; expected one, or the option "
             "missing (drop)");
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_shown) {
  BOOST_TEST(refused("1,2,0\n3,x y,1\n") == "line 2, column 2: \"x y\"; expected a finite number");
  BOOST_TEST(refused("-inf,2,0\n") == "line 1, column 1: \"-inf\"; expected a finite number");
  BOOST_TEST(refused("1,1e39,0\n") == "line 1, column 2: \"1e39\"; expected a finite number");
  BOOST_TEST(refused("1,2\n\x01,2\n") == "line 2, column 1: \"\\x01\"; expected a finite number");
  BOOST_TEST(refused("1,2\n" + std::string(100, 'x') + ",2\n") ==
             "line 2, column 1: \"" + std::string(40, 'x') + "\"; expected a finite number");
}

BOOST_AUTO_TEST_CASE(a_label_is_a_whole_number_from_0) {
  BOOST_TEST(refused("1,2,-1\n") ==
             "line 1, column 3: the label is -1; expected a whole number from 0, or the option "
             "labels (distinct)");
  BOOST_TEST(refused("1,2,0\n1,2,1.5\n") ==
             "line 2, column 3: the label is 1.5; expected a whole number from 0");
  BOOST_TEST(refused("1,2,1e20\n") ==
             "line 1, column 3: the label is 1e+20; expected a whole number from 0");
  BOOST_TEST(refused("1,2,inf\n") ==
             "line 1, column 3: the label is inf; expected a whole number from 0");
  BOOST_TEST(refused("1,2,3\n", {.classes = 3}) ==
             "line 1, column 3: the label is 3; expected a whole number from 0 to 2, or the option "
             "labels (distinct)");
}

BOOST_AUTO_TEST_CASE(a_quote_encloses_a_whole_field) {
  BOOST_TEST(refused("1,2\n1,\"2\n") ==
             "line 2, column 2: a quote is opened and never closed; expected another");
  BOOST_TEST(refused("1,\"2\"3,0\n") ==
             "line 1, column 2: a quote is closed before its field ends; expected ','");
  BOOST_TEST(refused("\"a\nb\",c\nx,1\n") == "line 3, column 1: \"x\"; expected a finite number");
}

BOOST_AUTO_TEST_CASE(a_file_holds_rows_of_at_least_two_columns) {
  BOOST_TEST(refused("") == "is empty; expected lines of numbers");
  BOOST_TEST(refused(" \n\n") == "is empty; expected lines of numbers");
  BOOST_TEST(refused("a,b\n") == "holds no rows; expected lines of numbers");
  BOOST_TEST(refused("1\n2\n") == "has 1 column; expected at least 2, numbers and a label");
  BOOST_TEST(refused("1,2\n", {.label_column = 2}) ==
             "has no label column 2 among its 2; expected -2 to 1");
  BOOST_TEST(refusal([] { load_csv("none/t.csv"); }) ==
             "[csv] none/t.csv: cannot be opened (No such file or directory); expected a file");
}

}  // namespace
}  // namespace tapestry::nn
