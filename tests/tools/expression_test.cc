// The language of expressions: how it is read, what it refuses, and that scalars and tensors agree.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"
#include "tools/expression/evaluation.h"
#include "tools/expression/expression_error.h"
#include "tools/expression/infix.h"

namespace tapestry::tools {
using namespace detail;
namespace {

double number(const std::string& text, const std::vector<Binding>& at = {}) {
  return tensor_of(evaluate(parse_expression(text), at)).item();
}

BOOST_AUTO_TEST_CASE(precedence_is_that_of_mathematics) {
  const std::vector<Binding> at{{"x", Scalar(3)}};
  BOOST_TEST(number("1 + 2 * 3 - 4 / 8") == 6.5);
  BOOST_TEST(number("(1 + 2) * 3") == 9);
  BOOST_TEST(number("8 - 4 - 2") == 2);
  BOOST_TEST(number("8 / 4 / 2") == 1);
  BOOST_TEST(number("2^3^2") == 512);
  BOOST_TEST(number("2**3**2") == 512);
  BOOST_TEST(number("-x^2", at) == -9);
  BOOST_TEST(number("(-x)^2", at) == 9);
  BOOST_TEST(number("2^-x", at) == 0.125);
  BOOST_TEST(number("2^-x^2", at) == std::exp2(-9));
  BOOST_TEST(number("--x", at) == 3);
  BOOST_TEST(number("+x - -x", at) == 6);
  BOOST_TEST(number("2*-x", at) == -6);
  BOOST_TEST(number("-2*x", at) == -6);
  BOOST_TEST(number("\t2\n*\r x ", at) == 6);
}

BOOST_AUTO_TEST_CASE(numbers_are_read_to_the_last_bit) {
  BOOST_TEST(number("1") == 1);
  BOOST_TEST(number("2.5") == 2.5);
  BOOST_TEST(number(".5") == 0.5);
  BOOST_TEST(number("7.") == 7);
  BOOST_TEST(number("1e-3") == 1e-3);
  BOOST_TEST(number("1.7976931348623157E+308") == 1.7976931348623157e308);
  BOOST_TEST(number("0.1000000000000000055511151231257827") == 0.1);
  BOOST_TEST(number("5e-324") == 5e-324);
  BOOST_TEST(number("9007199254740993") == 9007199254740992.0);
}

BOOST_AUTO_TEST_CASE(names_have_letters_digits_and_underscores) {
  BOOST_TEST(number("_x1 * X", {{"_x1", Scalar(2)}, {"X", Scalar(5)}}) == 10);
  BOOST_TEST(number("sum * sum(sum)", {{"sum", Scalar(3)}}) == 9);
  BOOST_TEST(number("e3", {{"e3", Scalar(3)}}) == 3);
  BOOST_TEST((unbound(parse_expression("b + pi*a*b + e"), {{"a", Scalar(1)}}) ==
              std::vector<std::string>{"b"}));
  for (const char* name : {"x", "_", "a1_B"}) BOOST_TEST(is_name(name), name);
  for (const char* other : {"", "1x", "x y", " x", "x ", "x-", "\xce\xb8"})
    BOOST_TEST(!is_name(other), other);
}

// ---- every function, over scalars and over tensors ----

struct Results {
  double value;
  std::vector<double> gradient, hessian;
};

template <class Leaf>
Results results(const std::string& text, const std::vector<double>& at, Leaf leaf) {
  Tape tape;
  std::vector<Binding> bindings;
  std::vector<Active> xs;
  for (std::size_t i = 0; i < at.size(); ++i) {
    xs.push_back(leaf(tape, at[i]));
    bindings.push_back({std::string(1, "xz"[i]), xs.back()});
  }
  const Active y = evaluate(parse_expression(text), bindings);
  Results found{tensor_of(y).item(), {}, {}};
  for (const Active& slope : partials(y, xs, true)) {
    found.gradient.push_back(tensor_of(slope).item());
    for (const Active& second : partials(slope, xs, false))
      found.hessian.push_back(tensor_of(second).item());
  }
  return found;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * (1 + std::abs(b)); }

BOOST_AUTO_TEST_CASE(every_function_is_the_same_over_scalars_and_tensors) {
  for (const Function& function : functions()) {
    std::string call(function.name);
    call += function.folds        ? (function.arity == 2 ? "([x, z], [z, 2])" : "([x*z, z, 0.2])")
            : function.arity == 3 ? "(x < z, x*z, z)"
            : function.arity == 2 ? "(x, z)"
                                  : "(x*z)";
    const std::vector<double> at =
        function.name == "acosh" ? std::vector{1.25, 1.5} : std::vector{0.625, 0.75};
    const Results scalars =
        results(call, at, [](Tape& tape, double x) -> Active { return tape.variable(x); });
    const Results tensors = results(call, at, [](Tape& tape, double x) -> Active {
      return tape.variable(full({}, x, DType::f64));
    });
    BOOST_TEST(std::isfinite(tensors.value), call);
    BOOST_TEST(near(scalars.value, tensors.value), call);
    for (std::size_t i = 0; i < 2; ++i)
      BOOST_TEST(near(scalars.gradient[i], tensors.gradient[i]), call);
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST(near(scalars.hessian[i], tensors.hessian[i]), call);
  }
}

BOOST_AUTO_TEST_CASE(plain_numbers_are_recorded_nowhere) {
  Tape tape;
  BOOST_TEST(!evaluate(parse_expression("2^10 + sin(1) * pi"), {}).is_tracked());
  BOOST_TEST(tape.size() == 0U);
}

// ---- refusals ----

void check_error(const std::string& text, const std::string& message, std::size_t column) {
  try {
    evaluate(parse_expression(text), {{"x", Scalar(1)}});
    BOOST_ERROR("accepted: " << text);
  } catch (const ExpressionError& error) {
    BOOST_TEST(error.what() == message);
    BOOST_TEST(error.picture() == "  " + text + "\n  " + std::string(column, ' ') + "^\n");
  }
}

BOOST_AUTO_TEST_CASE(each_mistake_has_its_message_and_its_place) {
  const std::string operand = "expected a number, a name, \"(\" or \"[\", found ";
  check_error("", "the expression is empty", 0);
  check_error("   ", "the expression is empty", 3);
  check_error("2*", operand + "the end", 2);
  check_error("2* ", operand + "the end", 3);
  check_error("*2", operand + "\"*\"", 0);
  check_error("x + * 2", operand + "\"*\"", 4);
  check_error("x^", operand + "the end", 2);
  check_error("x * * 2", operand + "\"*\"", 4);
  check_error("-", operand + "the end", 1);
  check_error("()", operand + "\")\"", 1);
  check_error("[]", operand + "\"]\"", 1);
  check_error("[x,]", operand + "\"]\"", 3);
  check_error("sin(x,)", operand + "\")\"", 6);
  check_error("sin(", operand + "the end", 4);
  check_error("(x", "expected an operator or \")\", found the end", 2);
  check_error("(x]", "expected an operator or \")\", found \"]\"", 2);
  check_error("sin(x", "expected an operator, \",\" or \")\", found the end", 5);
  check_error("[x y]", "expected an operator, \",\" or \"]\", found \"y\"", 3);
  check_error("2 x", "expected an operator or the end, found \"x\"", 2);
  check_error("x)", "expected an operator or the end, found \")\"", 1);
  check_error("2(x)", "expected an operator or the end, found \"(\"", 1);
  check_error("1.2.3", "expected an operator or the end, found \".\"", 3);
  check_error("2e", "expected an operator or the end, found \"e\"", 1);
  check_error("x = 2", "expected an operator or the end, found \"=\"", 2);
  check_error("2 \xc3\x97 x", "expected an operator or the end, found \"\xc3\x97\"", 2);
  check_error("\xce\xb8 + 1", operand + "\"\xce\xb8\"", 0);
  check_error("1e999", "this number is beyond the range of a double", 0);
  check_error("x + 1e-999", "this number is beyond the range of a double", 4);
  check_error("2*sine(x)", "unknown function \"sine\" (did you mean sin?)", 2);
  check_error("arctan(x)", "unknown function \"arctan\" (did you mean atan?)", 0);
  check_error("x(2)", "unknown function \"x\"", 0);
  check_error("1 + sin()", "sin takes 1 argument, not 0", 4);
  check_error("1 + sin(1, x)", "sin takes 1 argument, not 2", 4);
  check_error("atan2(x)", "atan2 takes 2 arguments, not 1", 0);
  check_error("2*max()", "max takes numbers or a vector, such as max(x, y) or max([x, y])", 2);
  check_error("sum(x, [1, 2])", "[vector] an element is a vector of 2; expected numbers", 0);
  check_error("where(x, 2)", "where takes 3 arguments, not 2", 0);
  check_error("x < ", operand + "the end", 4);
  check_error("x = 2", "expected an operator or the end, found \"=\"", 2);
  check_error("dot([x])", "dot takes 2 arguments, not 1", 0);
  check_error("1 + sin", "the function \"sin\" lacks its arguments", 4);
  check_error("x + b + c*b", "no value for b, c; expected --at b=...,c=...", 4);
  check_error("1 + dot(x, 2)", "[dot] needs two vectors; the operands have shapes () and ()", 4);
  check_error("1+[x,[2,3]]", "[vector] an element is a vector of 2; expected numbers", 2);
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

BOOST_AUTO_TEST_CASE(depth_is_limited_and_length_is_not) {
  const int most = kDeepestNesting - 1;
  BOOST_TEST(number(repeated("(", most) + "7" + repeated(")", most)) == 7);
  for (const char* part : {"(", "-", "+", "2^", "[", "sin(", "2*(", "(1+"}) try {
      parse_expression(repeated(part, 100'000));
      BOOST_ERROR("accepted: " << part);
    } catch (const ExpressionError& error) {
      BOOST_TEST(error.what() == "nested deeper than 200 levels", part);
    }
  const int terms = 100'000;
  BOOST_TEST(number("0" + repeated("+x", terms), {{"x", Scalar(2)}}) == 2 * terms);
  BOOST_TEST(number("sum([0" + repeated(",1", terms) + "])") == terms);
  Tape tape;
  const Scalar x = tape.variable(2);
  const Active y = evaluate(parse_expression("0" + repeated("+x", terms)), {{"x", x}});
  BOOST_TEST(gradient(y, x) == terms);
}

BOOST_AUTO_TEST_CASE(a_long_expression_is_shown_around_the_mistake) {
  try {
    parse_expression(repeated("x+", 500) + "*" + repeated("+\xce\xb8", 500));
    BOOST_ERROR("accepted");
  } catch (const ExpressionError& error) {
    BOOST_TEST(error.picture() == "  ..." + repeated("x+", 25) + "*" + repeated("+\xce\xb8", 19) +
                                      "+...\n  " + std::string(53, ' ') + "^\n");
  }
}

BOOST_AUTO_TEST_CASE(whatever_bytes_there_are_the_picture_is_two_lines) {
  try {
    parse_expression("1 +\n\t\x1b[31m \xff * 2");
    BOOST_ERROR("accepted");
  } catch (const ExpressionError& error) {
    BOOST_TEST(error.picture() == "  1 +  \xef\xbf\xbd[31m \xef\xbf\xbd * 2\n       ^\n");
    BOOST_TEST(std::string(error.what()).ends_with("found \"\xef\xbf\xbd\""));
  }
}

}  // namespace
}  // namespace tapestry::tools
