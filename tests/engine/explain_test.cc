#include "engine/explain.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// The line before the call of this, as messages name it.
std::string line_above(Site site = {}) {
  return fmt::format(" at {}:{}", site.file(), site.line() - 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_shortest_way_along_which_a_gradient_flows_is_shown_with_source_lines) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x");
  const std::string made = line_above();
  const Tensor y = x * x * x;
  const Tensor z = sum(exp(x) + y);
  const std::string total = line_above();
  const GradientPath path = explain_gradient(z, x);
  BOOST_TEST(path.connected);
  BOOST_TEST(path.cut == 0u);
  BOOST_TEST(path.nodes.front() == x.id());
  BOOST_TEST(path.nodes.back() == z.id());
  BOOST_TEST(path.nodes.size() == 4u);
  BOOST_TEST(
      path.text.starts_with("y depends on \"x\" (node 1, (2,)):\n  \"x\" (node 1, (2,))" + made));
  BOOST_TEST(path.text.ends_with(fmt::format("sum (node {}, ()){}", z.id(), total)));
}

BOOST_AUTO_TEST_CASE(an_op_without_derivative_is_named_as_the_cut) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 3.0}), "x");
  const Tensor best = argmax(x);
  const std::string place = line_above();
  const Tensor y = best.to(DType::f32) * 2.0;
  const GradientPath path = explain_gradient(y, x);
  BOOST_TEST(!path.connected);
  BOOST_TEST(path.cut == best.id());
  BOOST_TEST(path.text ==
             fmt::format("y depends on \"x\" (node 1, (2,)) only through argmax (node {}, ()){}, "
                         "whose result has dtype i64 and no gradient",
                         best.id(), place));
}

BOOST_AUTO_TEST_CASE(detached_numbers_are_recognised) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 3.0}), "x"), w = tape.variable(ones({2}), "w");
  const Tensor h = exp(x);
  const std::string place = line_above();
  const Tensor y = sum(w * detach(h));
  const GradientPath path = explain_gradient(y, x);
  BOOST_TEST(path.nodes.empty());
  BOOST_TEST(
      path.text ==
      fmt::format(
          "y does not depend on \"x\" (node 1, (2,)): node 4, which y was computed from, holds the "
          "numbers of exp (node {}, (2,)){} without its history: they went through detach(), or a "
          "plain "
          "tensor was used in place of its variable",
          h.id(), place));
}

BOOST_AUTO_TEST_CASE(the_plain_tensor_in_place_of_its_variable_is_recognised) {
  Tape tape;
  const Tensor numbers = tensor({1.0, 3.0});
  const Tensor x = tape.variable(numbers, "x"), w = tape.variable(ones({2}), "w");
  const Tensor y = sum(w * numbers + w * numbers);
  BOOST_TEST(explain_gradient(y, x).text.find("holds the numbers of \"x\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_variable_that_leads_elsewhere_is_told_with_its_users) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x"), w = tape.variable(ones({2}), "w");
  const Tensor y = sum(w);
  BOOST_TEST(explain_gradient(y, x).text ==
             "y does not depend on \"x\" (node 1, (2,)): nothing on the tape uses it");
  const Tensor aside = sin(x);
  const std::string place = line_above();
  BOOST_TEST(explain_gradient(y, x).text.ends_with(
      fmt::format("It is used by sin (node {}, (2,)){}", aside.id(), place)));
}

BOOST_AUTO_TEST_CASE(scalars_and_tensors_share_a_way) {
  Tape tape;
  const Scalar s = tape.variable(2.0, "s");
  const Tensor y = sum(ones({3}, DType::f64) * sin(s));
  BOOST_TEST(explain_gradient(y, s).connected);
}

BOOST_AUTO_TEST_CASE(what_is_on_no_tape_cannot_be_explained) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x");
  BOOST_TEST(refusal([&] {
               explain_gradient(sum(ones({2})), x);
             }).starts_with("[explain_gradient] y is not recorded"));
  BOOST_TEST(refusal([&] {
               explain_gradient(sum(x), ones({2}));
             }).starts_with("[explain_gradient] x is not recorded"));
}
