// Expressions on the command line: values and derivatives against closed forms, graphs, refusals.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>
#include <sstream>

#include "tools/command_line.h"

namespace tapestry::tools {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

struct Outcome {
  int status;
  std::string out, notes;
};

Outcome run(const Words& words) {
  std::ostringstream out, notes;
  const int status = run_command_line(words, {out, notes});
  return {status, out.str(), notes.str()};
}

Json json(const Words& words) {
  const Outcome outcome = run(words);
  BOOST_TEST_INFO(outcome.notes);
  BOOST_TEST(outcome.status == 0);
  return Json::parse(outcome.out);
}

void check_near(const Json& seen, double expected, const std::string& what) {
  BOOST_TEST(std::abs(seen.get<double>() - expected) <= 1e-12 * (1 + std::abs(expected)),
             what << ": " << seen << " instead of " << expected);
}

void check_refusal(const Words& words, int status, const std::string& notes) {
  const Outcome outcome = run(words);
  BOOST_TEST(outcome.status == status);
  BOOST_TEST(outcome.notes == notes);
  BOOST_TEST(outcome.out == "");
}

// ---- values and derivatives ----

constexpr double x = 0.7, y = 1.3, r = x * x + y * y;

// By x, by y; by xx, xy, yy.
struct Case {
  const char* expression;
  double value, dx, dy, dxx, dxy, dyy;
};

std::vector<Case> cases() {
  const double product = std::exp(x * y), power = std::pow(x, y), root = std::sqrt(x / y);
  const double n = std::hypot(x, y), log_x = std::log(x), t = std::tanh(x);
  const double ln2 = std::numbers::ln2, half = std::exp2(-y);
  return {
      {"5", 5, 0, 0, 0, 0, 0},
      {"y", y, 0, 1, 0, 0, 0},
      {"x*y + sin(x)", x * y + std::sin(x), y + std::cos(x), x, -std::sin(x), 1, 0},
      {"x^3 * y**2", x * x * x * y * y, 3 * x * x * y * y, 2 * x * x * x * y, 6 * x * y * y,
       6 * x * x * y, 2 * x * x * x},
      {"-x^2 - 2^-y", -x * x - half, -2 * x, ln2 * half, -2, 0, -ln2 * ln2 * half},
      {"exp(x*y)", product, y * product, x * product, y * y * product, (1 + x * y) * product,
       x * x * product},
      {"log(x^2 + y^2)", std::log(r), 2 * x / r, 2 * y / r, (2 * r - 4 * x * x) / (r * r),
       -4 * x * y / (r * r), (2 * r - 4 * y * y) / (r * r)},
      {"x^y", power, y * power / x, power * log_x, y * (y - 1) * power / (x * x),
       power / x * (1 + y * log_x), power * log_x * log_x},
      {"atan2(y, x)", std::atan2(y, x), -y / r, x / r, 2 * x * y / (r * r),
       (y * y - x * x) / (r * r), -2 * x * y / (r * r)},
      {"sqrt(x/y)", root, root / (2 * x), -root / (2 * y), -root / (4 * x * x), -root / (4 * x * y),
       3 * root / (4 * y * y)},
      {"tanh(x) * y", t * y, (1 - t * t) * y, t, -2 * t * (1 - t * t) * y, 1 - t * t, 0},
      {"cosh(x)", std::cosh(x), std::sinh(x), 0, std::cosh(x), 0, 0},
      {"norm([x, y])", n, x / n, y / n, y * y / (n * n * n), -x * y / (n * n * n),
       x * x / (n * n * n)},
      {"dot([x, y], [y, x*x])", x * y + y * x * x, y + 2 * x * y, x + x * x, 2 * y, 1 + 2 * x, 0},
      {"mean([x*x, y, 3])", (x * x + y + 3) / 3, 2 * x / 3, 1. / 3, 2. / 3, 0, 0},
      {"prod([x, x, y])", x * x * y, 2 * x * y, x * x, 2 * y, 2 * x, 0},
      {"max([x, y]) * min([x, y])", x * y, y, x, 0, 1, 0},
      {"sum(3 * [x, y]^2)", 3 * r, 6 * x, 6 * y, 6, 0, 6},
      {"ln(x) * y", std::log(x) * y, y / x, std::log(x), -y / (x * x), 1 / x, 0},
      {"max(x, y) * min(x, y, 9)", x * y, y, x, 0, 1, 0},
      {"sum(x * x, y, 1) + mean(x, y)", x * x + y + 1 + (x + y) / 2, 2 * x + 0.5, 1.5, 2, 0, 0},
      {"where(x < y, x * y, x / 0)", x * y, y, x, 0, 1, 0},
      {"where(x >= 1, 0, x^2) + where(2 * x, y, 5)", x * x + y, 2 * x, 1, 2, 0, 0},
      {"(x < 1) * x * x + (y == 1.3) + (y != 1.3) + (x <= y) + (x > y)", x * x + 2, 2 * x, 0, 2, 0,
       0},
      {"1 + x < y * 5", 1, 0, 0, 0, 0, 0},
      {"x * (pi + e) / 2", x * (std::numbers::pi + std::numbers::e) / 2,
       (std::numbers::pi + std::numbers::e) / 2, 0, 0, 0, 0},
  };
}

BOOST_AUTO_TEST_CASE(values_and_derivatives_are_those_of_closed_forms) {
  for (const Case& c : cases()) {
    const Json seen =
        json({"eval", c.expression, "--at", "x=0.7,y=1.3", "--grad", "--hessian", "--json"});
    check_near(seen["value"], c.value, c.expression);
    check_near(seen["grad"]["x"], c.dx, c.expression);
    check_near(seen["grad"]["y"], c.dy, c.expression);
    const double hessian[2][2] = {{c.dxx, c.dxy}, {c.dxy, c.dyy}};
    BOOST_REQUIRE(seen["hessian"].size() == 2U);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        check_near(seen["hessian"][i][j], hessian[i][j], c.expression);
  }
}

BOOST_AUTO_TEST_CASE(the_order_is_that_of_at) {
  const Words words{"eval", "x*x*y", "--at", "y=3", "--at", "x=2", "--grad", "--hessian", "--json"};
  BOOST_TEST(
      run(words).out ==
      "{\"value\":12.0,\"grad\":{\"y\":4.0,\"x\":12.0},\"hessian\":[[0.0,4.0],[4.0,6.0]]}\n");
}

BOOST_AUTO_TEST_CASE(only_what_is_asked_for_is_there) {
  BOOST_TEST(run({"eval", "x*x", "--at", "x=3", "--json"}).out == "{\"value\":9.0}\n");
  BOOST_TEST(run({"eval", "x*x", "--at", "x=3", "--json", "--hessian"}).out ==
             "{\"value\":9.0,\"hessian\":[[2.0]]}\n");
  BOOST_TEST(run({"eval", "2+3", "--grad", "--hessian", "--json"}).out ==
             "{\"value\":5.0,\"grad\":{},\"hessian\":[]}\n");
}

BOOST_AUTO_TEST_CASE(text_is_a_number_or_a_table) {
  BOOST_TEST(run({"eval", "x/3", "--at", "x=1"}).out == "0.3333333333333333\n");
  BOOST_TEST(run({"eval", "[x, 2*x, 0.5]", "--at", "x=1"}).out == "[1, 2, 0.5]\n");
  BOOST_TEST(run({"eval", "x^2*y", "--at", "x=3,y=0.5", "--grad", "--hessian"}).out ==
             "value    4.5\n"
             "d/dx     3\n"
             "d/dy     9\n"
             "hessian  x  y\n"
             "x        1  6\n"
             "y        6  0\n");
  // As README.md shows it.
  BOOST_TEST(run({"eval", "x*y + sin(x)", "--at", "x=2,y=3", "--grad", "--hessian"}).out ==
             "value    6.909297426825682\n"
             "d/dx     2.5838531634528574\n"
             "d/dy     2\n"
             "hessian  x                    y\n"
             "x        -0.9092974268256817  1\n"
             "y        1                    0\n");
}

BOOST_AUTO_TEST_CASE(a_vector_is_a_list) {
  BOOST_TEST(json({"eval", "[x*x, y, 3]", "--at", "x=2,y=5", "--json"})["value"] ==
             Json({4.0, 5.0, 3.0}));
  BOOST_TEST(json({"eval", "[x]", "--at", "x=2", "--json"})["value"] == Json::array({2.0}));
}

BOOST_AUTO_TEST_CASE(a_jacobian_has_a_row_for_each_element) {
  BOOST_TEST(run({"eval", "[x*y, x^2, 3]", "--at", "x=2,y=3", "--jacobian"}).out ==
             "value     [6, 4, 3]\n"
             "jacobian  x  y\n"
             "[0]       3  2\n"
             "[1]       4  0\n"
             "[2]       0  0\n");
  const auto jacobian = [](const std::string& expression) {
    return json({"eval", expression, "--at", "x=2,y=3", "--jacobian", "--json"})["jacobian"];
  };
  BOOST_TEST(jacobian("[x*y, x^2]") == Json({{3.0, 2.0}, {4.0, 0.0}}));
  BOOST_TEST(jacobian("x*y") == Json::array({{3.0, 2.0}}));
  BOOST_TEST(jacobian("[1, 2]") == Json({{0.0, 0.0}, {0.0, 0.0}}));
  BOOST_TEST(jacobian("[x, y] < [3, 3]") == Json({{0.0, 0.0}, {0.0, 0.0}}));
  BOOST_TEST(jacobian("max([x, y], 2.5)") == Json({{0.0, 0.0}, {0.0, 1.0}}));
}

BOOST_AUTO_TEST_CASE(comparisons_bind_last) {
  BOOST_TEST(run({"eval", "[1+1 < 2, 2*3 >= 6, 1 == 1, 1 != 1, 3 > 2, 2 <= 1]"}).out ==
             "[0, 1, 1, 0, 1, 0]\n");
  BOOST_TEST(run({"eval", "[1 < 2, 5]"}).out == "[1, 5]\n");
  check_refusal({"eval", "1 < 2 < 3"}, 2,
                "tapestry eval: expected an operator or the end, found \"<\"\n"
                "  1 < 2 < 3\n"
                "        ^\n");
}

BOOST_AUTO_TEST_CASE(numbers_that_json_lacks_are_strings) {
  BOOST_TEST(run({"eval", "[log(-1), 1/0, -1/0]", "--json"}).out ==
             "{\"value\":[\"nan\",\"inf\",\"-inf\"]}\n");
  BOOST_TEST(json({"eval", "sqrt(x)", "--at", "x=0", "--grad", "--json"})["grad"]["x"] == "inf");
}

BOOST_AUTO_TEST_CASE(values_are_numbers_and_expressions_of_numbers) {
  BOOST_TEST(run({"eval", "x", "--at", "x = 2^-1 * 3"}).out == "1.5\n");
  BOOST_TEST(run({"eval", "sin(x)", "--at", "x=pi/2"}).out == "1\n");
  BOOST_TEST(run({"eval", "x", "--at", "x=-inf"}).out == "-inf\n");
  BOOST_TEST(run({"eval", "e*pi", "--at", "e=2,pi=3"}).out == "6\n");
  BOOST_TEST(run({"eval", "x-y", "--at", "x=max(1, 2),y=sum([1, 2, 3])"}).out == "-4\n");
}

BOOST_AUTO_TEST_CASE(an_expression_may_begin_with_a_sign) {
  BOOST_TEST(run({"eval", "-x^2", "--at", "x=3"}).out == "-9\n");
  BOOST_TEST(run({"eval", "--at", "x=-3", "-x"}).out == "3\n");
  BOOST_TEST(run({"eval", "--at", "x=3,y=4", "-hypot(x,y)", "--json"}).out == "{\"value\":-5.0}\n");
  BOOST_TEST(run({"eval", "--at", "x=3", "--", "--x"}).out == "3\n");
  BOOST_TEST(run({"graph", "-x", "--format", "text"}).status == 0);
}

BOOST_AUTO_TEST_CASE(help_names_the_functions) {
  const std::string help = run({"eval", "-h"}).out;
  BOOST_TEST(help.find("Usage: tapestry eval") != std::string::npos);
  for (const char* name : {"sin, ", "atan2, ", "sigmoid, ", "norm, ", "dot\n"})
    BOOST_TEST(help.find(name) != std::string::npos, name);
}

// ---- graphs ----

BOOST_AUTO_TEST_CASE(variables_are_named_leaves) {
  const Json graph = json({"graph", "x*x + y*sin(x)", "--format", "json", "--at", "y=2"});
  std::multiset<std::string> operations;
  std::set<std::string> variables;
  for (const Json& node : graph["nodes"]) {
    operations.insert(node["op"].get<std::string>());
    if (node["op"] == "variable") variables.insert(node["name"].get<std::string>());
  }
  BOOST_TEST((variables == std::set<std::string>{"x", "y"}));
  BOOST_TEST((operations ==
              std::multiset<std::string>{"add", "mul", "mul", "sin", "variable", "variable"}));
  BOOST_TEST(graph["edges"].size() == 7U);  // x*x has two
}

BOOST_AUTO_TEST_CASE(a_graph_shows_values_at_one_unless_told) {
  const auto value = [](const Words& more) {
    Words words{"graph", "x + 10*y", "--format", "json", "--values"};
    words.insert(words.end(), more.begin(), more.end());
    const Json graph = json(words);
    for (const Json& node : graph["nodes"])
      if (node["name"] == "value") return node["value"].get<double>();
    return -1.0;
  };
  BOOST_TEST(value({}) == 11);
  BOOST_TEST(value({"--at", "y=3"}) == 31);
}

BOOST_AUTO_TEST_CASE(backward_links_an_adjoint_to_each_variable) {
  for (const char* expression : {"x*y + sin(x)", "norm([x, y]) + x", "x"}) {
    const Json graph = json({"graph", expression, "--backward", "--format", "json"});
    std::set<int> linked;
    for (const Json& node : graph["nodes"])
      if (node.contains("adjoint_of"))
        for (const Json& of : node["adjoint_of"]) linked.insert(of.get<int>());
    for (const Json& node : graph["nodes"])
      if (node["op"] == "variable") BOOST_TEST(linked.contains(node["id"].get<int>()), expression);
  }
}

BOOST_AUTO_TEST_CASE(a_graph_has_every_format) {
  BOOST_TEST(run({"graph", "x*y"}).out.starts_with("digraph"));
  BOOST_TEST(run({"graph", "x*y", "--format", "text"}).out ==
             "%1 x     = variable     f64 ()\n"
             "%2 y     = variable     f64 ()\n"
             "%3 value = mul(%1, %2)  f64 ()\n");
  BOOST_TEST(run({"graph", "sum([x, y]^2)", "--format", "text", "--gradients"}).status == 0);
}

// ---- refusals ----

BOOST_AUTO_TEST_CASE(a_mistake_is_pointed_at) {
  check_refusal({"eval", "2*sine(x)", "--at", "x=1"}, 2,
                "tapestry eval: unknown function \"sine\" (did you mean sin?)\n"
                "  2*sine(x)\n"
                "    ^\n");
  check_refusal({"graph", "2*sine(x)"}, 2,
                "tapestry graph: unknown function \"sine\" (did you mean sin?)\n"
                "  2*sine(x)\n"
                "    ^\n");
  check_refusal({"eval", "a*b + c", "--at", "a=1"}, 2,
                "tapestry eval: no value for b, c; expected --at b=...,c=...\n"
                "  a*b + c\n"
                "    ^\n");
  check_refusal({"eval", "1 + sin", "--at", "x=1"}, 2,
                "tapestry eval: the function \"sin\" lacks its arguments\n"
                "  1 + sin\n"
                "      ^\n");
  check_refusal({"eval", "1 + [x, 2] * [1, 2, 3]", "--at", "x=1"}, 2,
                "tapestry eval: [mul] shapes (2,) and (3,) do not broadcast: the 2 and the 3 must "
                "be equal, or one of them 1\n"
                "  1 + [x, 2] * [1, 2, 3]\n"
                "             ^\n");
  check_refusal({"eval", "2*[x, [3]]", "--at", "x=1"}, 2,
                "tapestry eval: [vector] an element is a vector of 1; expected numbers\n"
                "  2*[x, [3]]\n"
                "    ^\n");
  check_refusal({"eval", "x", "--at", "x=2*y"}, 2,
                "tapestry eval: --at: the value of x names y; expected numbers\n"
                "  x=2*y\n"
                "      ^\n");
  check_refusal({"eval", "x", "--at", "x=1..2"}, 2,
                "tapestry eval: --at: expected an operator or the end, found \".\"\n"
                "  x=1..2\n"
                "      ^\n");
  check_refusal({"eval", "x+y", "--at", "x=1, y = 2*(3"}, 2,
                "tapestry eval: --at: expected an operator or \")\", found the end\n"
                "  x=1, y = 2*(3\n"
                "               ^\n");
  check_refusal({"eval", "x", "--at", "x=1e999"}, 2,
                "tapestry eval: --at: this number is beyond the range of a double\n"
                "  x=1e999\n"
                "    ^\n");
}

BOOST_AUTO_TEST_CASE(a_vector_has_no_gradient) {
  const std::string notes =
      ": a gradient is taken of one number, not of a vector of 2; sum(...) makes it one, and eval "
      "--jacobian takes that of each\n"
      "  2*[x, x]\n"
      "   ^\n";
  check_refusal({"eval", "2*[x, x]", "--at", "x=1", "--grad"}, 2, "tapestry eval" + notes);
  check_refusal({"eval", "2*[x, x]", "--at", "x=1", "--hessian"}, 2, "tapestry eval" + notes);
  check_refusal({"graph", "2*[x, x]", "--backward"}, 2, "tapestry graph" + notes);
}

BOOST_AUTO_TEST_CASE(bad_usage_is_one_line) {
  const auto check = [](const Words& words, const std::string& line) {
    check_refusal(words, 2, "tapestry: " + line + "; see tapestry " + words[0] + " --help\n");
  };
  check({"eval"}, "EXPR is required");
  check({"eval", "x", "y"}, "unexpected argument y (an expression with blanks stands in quotes)");
  check({"eval", "x", "--at", "x"}, "--at: 'x' is not NAME=NUMBER; expected such as x=2,y=3");
  check({"eval", "x", "--at", "x=1,"}, "--at: '' is not NAME=NUMBER; expected such as x=2,y=3");
  check({"eval", "x", "--at", "2x=1"}, "--at: '2x=1' is not NAME=NUMBER; expected such as x=2,y=3");
  check({"eval", "x", "--at", "x=1,x=2"}, "--at: x has two values");
  check({"eval", "x", "--at", "x=[1]"}, "--at: [1] is a vector; expected a number");
  check({"graph", "2+3"}, "2+3 has no variable, and so no graph");
  check({"graph", "--example", "backprop", "--at", "x=1"}, "--at requires EXPR");
  check({"graph", "x", "--example", "backprop"},
        "EXPR (x) and --example backprop are given; expected one graph at a time");
}

}  // namespace
}  // namespace tapestry::tools
