// Tables as people have them: separators, first lines, comments, missing values, names of classes.
#include <boost/test/unit_test.hpp>
#include <string>

#include "engine/tensor/format.h"
#include "tests/nn/csv_text.h"

namespace tapestry::nn {
using namespace detail;
namespace {

using Names = std::vector<std::string>;

void check_rows(const std::string& text, const CsvOptions& options = {}) {
  const Dataset set = read(text, options);
  BOOST_TEST(set.inputs.to_vector() == (Numbers{5.5, 3.5, 4.75, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(set.labels.to_vector() == (Numbers{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(set.classes == 2);
}

// ---- separators ----

BOOST_AUTO_TEST_CASE(the_separator_is_found_in_the_first_lines) {
  check_rows("5.5;3.5;0\n4.75;3.0;1\n");
  check_rows("5.5\t3.5\t0\n4.75\t3.0\t1\n");
  check_rows("5.5|3.5|0\n4.75|3.0|1\n");
  check_rows("5.5 3.5 0\n4.75 3.0 1\n");
  check_rows("  5.5   3.5  0  \n 4.75\t3.0 1\n");
  check_rows("a;b;class\n5.5;3.5;0\n4.75;3.0;1\n");
  check_rows("\"a, in m\";\"b\";\"class\"\n5.5;3.5;0\n4.75;3.0;1\n");
  check_rows("a;b,c,class\n5.5,3.5,0\n4.75,3.0,1\n");
  check_rows("5.5,\t3.5,\t0\n4.75,\t3.0,\t1\n");
  check_rows("5.5;3.5;0\r4.75;3.0;1\r");
  check_rows("5.5:3.5:0\n4.75:3.0:1\n", {.delimiter = ':'});
  check_rows("\"5.5\" \"3.5\" \"0\"\n\"4.75\" 3.0 1\n");
}

BOOST_AUTO_TEST_CASE(a_decimal_comma_is_pointed_out) {
  BOOST_TEST(refused("5,5;3,5;0\n4,75;3,0;1\n") ==
             "line 1, column 1: \"5,5\" has a decimal comma; expected a finite number with a "
             "decimal point");
  BOOST_TEST(refused("a;b\n1;2\n\"-1,5e3\";1\n")
                 .starts_with("line 3, column 1: \"-1,5e3\" has a decimal comma"));
  BOOST_TEST(refused("1;0\n2;1,0\n") ==
             "line 2, column 2: the label is \"1,0\"; expected a whole number, as in line 1");
}

BOOST_AUTO_TEST_CASE(a_separator_is_in_no_number) {
  for (const char sign : {'3', '.', '+', '-', 'e', '"', '\'', '#', '\n', '\r', '\x01', '\x7f'}) {
    BOOST_TEST(refused("1,0\n", {.delimiter = sign}) ==
               fmt::format("the option delimiter is {:?}; expected a comma, a semicolon, a tab, a "
                           "blank or another sign that is in no number",
                           std::string{sign}));
  }
}

BOOST_AUTO_TEST_CASE(other_encodings_are_named) {
  BOOST_TEST(refused(std::string("\xFF\xFE\x31\x00", 4)) ==
             "is text in UTF-16; expected UTF-8 or ASCII");
  BOOST_TEST(refused(std::string("1,0\n1\0,0\n", 9)) ==
             "line 2 holds a byte of value 0; expected text");
}

// ---- first lines and comments ----

BOOST_AUTO_TEST_CASE(comments_are_passed_over) {
  check_rows("# x y label\n5.5,3.5,0\n  # between\n4.75,3.0,1\n#\n");
  check_rows("# x y label\n5.500e+00 3.500e+00 0.000e+00\n4.750e+00 3.000e+00 1.000e+00\n");
  BOOST_TEST(refused("# x y\n") == "is empty; expected lines of numbers");
  BOOST_TEST(refused("# one\n1,0\n# two\nx,0\n") ==
             "line 4, column 1: \"x\"; expected a finite number");
}

BOOST_AUTO_TEST_CASE(a_comment_may_name_the_columns) {
  check_rows("# class,a,b\n0,5.5,3.5\n1,4.75,3.0\n", {.label_name = "class"});
  check_rows("# a class b\n5.5 0 3.5\n4.75 1 3.0\n", {.label_name = "class"});
}

BOOST_AUTO_TEST_CASE(columns_that_are_counted_are_a_first_line) {
  check_rows("0,1,class\n5.5,3.5,0\n4.75,3.0,1\n");
  BOOST_TEST(read(",0,class\n7,5.5,0\n8,3.5,1\n").inputs.to_vector() == (Numbers{7, 5.5, 8, 3.5}),
             boost::test_tools::per_element());
  BOOST_TEST(read("0,1,setosa\n5,3,virginica\n").size() == 2);  // no number below the name
}

BOOST_AUTO_TEST_CASE(the_first_line_of_scikit_learn_names_the_classes) {
  const Dataset iris = read(
      "3,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n"
      "7.0,3.2,4.7,1.4,1\n6.3,3.3,6.0,2.5,2\n");
  BOOST_TEST(iris.inputs.shape() == Shape({3, 4}));
  BOOST_TEST(iris.class_names == (Names{"setosa", "versicolor", "virginica"}),
             boost::test_tools::per_element());
  const std::string cancer = "2,3,malignant,benign\n1,2,3,1\n4,5,6,";
  BOOST_TEST(read(cancer + "1\n").classes == 2);
  BOOST_TEST(refused(cancer + "2\n") ==
             "line 3, column 4: the label is 2; expected one of malignant, benign");
  BOOST_TEST(iris.notes.empty());
  BOOST_TEST(read("2,3,malignant,benign\n1,2,3,1\n").notes ==
                 Names{"holds 1 rows, and its first line says 2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_label_is_found_by_its_name) {
  check_rows("class,a,b\n0,5.5,3.5\n1,4.75,3\n", {.label_name = "class"});
  check_rows("a,\"the \"\"class\"\"\",b\n5.5,0,3.5\n4.75,1,3\n", {.label_name = "the \"class\""});
  BOOST_TEST(refused("width,height,class\n1,2,0\n", {.label_name = "clas"}) ==
             "has no column clas (did you mean class?); expected one of width, height, class");
  BOOST_TEST(refused("1,2,0\n", {.label_name = "class"}) ==
             "has no line of names, and so no column class; expected the number of a column");
  BOOST_TEST(refused("a,b\n1,2\n", {.label_column = 0, .label_name = "a"}) ==
             "the options label_name (a) and label_column (0) are given; expected one");
}

// ---- missing values ----

BOOST_AUTO_TEST_CASE(a_missing_value_is_refused_unless_told) {
  for (const std::string mark : {"", "?", "NA", "n/a", "nan", "NaN", "null", "None"}) {
    BOOST_TEST(refused("5.1,1,0\n4.9," + mark + ",1\n") ==
               "line 2, column 2: \"" + mark +
                   "\" stands for a missing number; expected a number, or the option missing (mean "
                   "or drop)");
  }
  BOOST_TEST(refused("1,0\n2,?\n", {.missing = CsvMissing::mean}) ==
             "line 2, column 2: \"?\" stands for a missing label; expected one, or the option "
             "missing (drop)");
}

BOOST_AUTO_TEST_CASE(a_missing_value_may_become_the_mean) {
  const Dataset set =
      read("a,b,class\n1,,0\n?,4,1\n3,6,0\n5,NA,1\n", {.missing = CsvMissing::mean});
  BOOST_TEST(set.inputs.to_vector() == (Numbers{1, 5, 3, 4, 3, 6, 5, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(set.notes == Names{"3 missing values became the mean of their column: 1 in column 1 "
                                "(a), 2 in column 2 (b)"},
             boost::test_tools::per_element());
  BOOST_TEST(refused("1,?,0\n2,?,1\n", {.missing = CsvMissing::mean}) ==
             "column 2 holds no number at all; expected one of which the mean can be taken");
}

BOOST_AUTO_TEST_CASE(a_row_with_a_missing_value_may_be_dropped) {
  const Dataset set = read("1,2,0\n?,4,1\n3,6,1\n5,7,\n", {.missing = CsvMissing::drop});
  BOOST_TEST(set.inputs.to_vector() == (Numbers{1, 2, 3, 6}), boost::test_tools::per_element());
  BOOST_TEST(set.labels.to_vector() == (Numbers{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(set.notes == Names{"2 of 4 rows are left out: a value is missing"},
             boost::test_tools::per_element());
  BOOST_TEST(refused("?,0\n", {.header = CsvHeader::absent, .missing = CsvMissing::drop}) ==
             "holds no rows without missing values, and 1 with; expected lines of numbers");
}

// ---- labels ----

BOOST_AUTO_TEST_CASE(classes_may_have_names) {
  const Dataset iris =
      read("7.0,3.2,Iris-versicolor\n5.1,3.5,Iris-setosa\n6.0,3.0,Iris-versicolor\n");
  BOOST_TEST(iris.labels.to_vector() == (Numbers{1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(iris.classes == 2);
  BOOST_TEST(iris.class_names == (Names{"Iris-setosa", "Iris-versicolor"}),
             boost::test_tools::per_element());
  BOOST_TEST(iris.notes == Names{"classes 0 to 1 are Iris-setosa, Iris-versicolor"},
             boost::test_tools::per_element());
  BOOST_TEST(read("1,none\n2,some\n").classes == 2);
}

BOOST_AUTO_TEST_CASE(another_file_may_use_the_same_names) {
  const CsvOptions same{.class_names = {"setosa", "versicolor", "virginica"}};
  const Dataset set = read("1,virginica\n2,setosa\n", same);
  BOOST_TEST(set.labels.to_vector() == (Numbers{2, 0}), boost::test_tools::per_element());
  BOOST_TEST(set.classes == 3);
  BOOST_TEST(refused("1,virginca\n", same) ==
             "line 1, column 2: the label is \"virginca\"; expected one of setosa, versicolor, "
             "virginica (did you mean virginica?)");
  const Dataset signs = read("1,1.0\n2,-1\n", {.class_names = {"-1", "1"}});
  BOOST_TEST(signs.labels.to_vector() == (Numbers{1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(distinct_labels_are_classes_in_order) {
  const CsvOptions distinct{.labels = CsvLabels::distinct};
  const Dataset signs = read("5,-1\n4,1\n3,1.0\n", distinct);
  BOOST_TEST(signs.labels.to_vector() == (Numbers{0, 1, 1}), boost::test_tools::per_element());
  BOOST_TEST(signs.class_names == (Names{"-1", "1"}), boost::test_tools::per_element());
  BOOST_TEST(signs.notes == Names{"classes 0 to 1 are the labels -1, 1"},
             boost::test_tools::per_element());
  const Dataset from_one = read("5,3\n4,1\n3,2\n2,10\n", distinct);
  BOOST_TEST(from_one.labels.to_vector() == (Numbers{2, 0, 1, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(from_one.class_name(3) == "10");
  const Dataset from_zero = read("5,1\n4,0\n3,2\n", distinct);
  BOOST_TEST(from_zero.classes == 3);
  BOOST_TEST(from_zero.class_names.empty());
  BOOST_TEST(from_zero.notes.empty());
  BOOST_TEST(refused("1,0.5\n", distinct) ==
             "line 1, column 2: the label is 0.5; expected a whole number or a name");
}

BOOST_AUTO_TEST_CASE(names_and_numbers_do_not_mix) {
  BOOST_TEST(refused("1,0\n2,O\n") ==
             "line 2, column 2: the label is \"O\"; expected a whole number, as in line 1");
  BOOST_TEST(refused("1,cat\n2,dog\n3,1\n") ==
             "line 3, column 2: the label is 1; expected a name, as in line 1");
}

BOOST_AUTO_TEST_CASE(the_number_of_classes_is_checked) {
  for (const std::int64_t classes : {std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    BOOST_TEST(refused("1,0\n", {.classes = classes}) ==
               fmt::format("the option classes is {}; expected 0 to 9007199254740992", classes));
  }
  BOOST_TEST(read("1,0\n2,1\n", {.classes = 5}).classes == 5);
  BOOST_TEST(read("1,a\n2,b\n", {.classes = 5}).classes == 5);
  BOOST_TEST(refused("1,a\n2,b\n3,c\n", {.classes = 2}) ==
             "has 3 different labels (a, b, c); expected at most 2, as the option classes says");
}

}  // namespace
}  // namespace tapestry::nn
