#include "engine/grad/explain.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

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
          "y does not depend on \"x\" (node 1, (2,)): node 4, which y was computed from, holds "
          "numbers that came from exp (node {}, (2,)){} without its history: they went through "
          "detach(), or a plain tensor was used in place of its variable",
          h.id(), place));
  BOOST_TEST(explain_gradient(sum(w * (detach(h) + 1.0)), x).text.find("came from exp (node 3,") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(stop_gradient_is_named_as_the_cut) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 3.0}), "x"), w = tape.variable(ones({2}), "w");
  const Tensor h = exp(x);
  const Tensor target = stop_gradient(h);
  const std::string place = line_above();
  for (const Tensor& y : {w * target, w * (1 - target)}) {
    const GradientPath path = explain_gradient(sum(y), x);
    BOOST_TEST(!path.connected);
    BOOST_TEST(path.text ==
               fmt::format("y depends on \"x\" (node 1, (2,)) only through stop_gradient (node 4, "
                           "(2,)){}, which lets no gradient through",
                           place));
    BOOST_TEST(path.cut == 4u);
    BOOST_TEST(path.nodes.front() == x.id());
    BOOST_TEST(tape.op_name(path.nodes.back()) == "sum");
  }
  BOOST_TEST(explain_gradient(sum(w * target * h), x).connected);
  BOOST_TEST(refusal([&] { gradient(sum(w * target), x); }).find("only through stop_gradient") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_that_were_read_are_told_from_a_variable_that_was_not_used) {
  Tape tape;
  const Tensor x = tape.variable(ones({}), "x"), w = tape.variable(ones({2}), "w");
  BOOST_TEST(explain_gradient(sum(w * w), x).text.ends_with("nothing on the tape uses it"));
  const Tensor y = sum(w * (x * 2.0).item());
  const std::string place = line_above();
  const std::string text = explain_gradient(y, x).text;
  BOOST_TEST(text.ends_with(". Numbers read of it, by item(), value() or under PauseRecording, "
                            "would have gone on in constant (node 7, ())" +
                            place),
             text);
  const Scalar s = tape.variable(2.0, "s"), t = tape.variable(3.0, "t");
  const Scalar product = t * s.value();
  BOOST_TEST(explain_gradient(product, s).text.find("would have gone on in mul (node") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_plain_tensor_in_place_of_its_variable_is_recognised) {
  Tape tape;
  const Tensor numbers = tensor({1.0, 3.0});
  const Tensor x = tape.variable(numbers, "x"), w = tape.variable(ones({2}), "w");
  const Tensor y = sum(w * numbers + w * numbers);
  const std::string text = explain_gradient(y, x).text;
  BOOST_TEST(text.find("holds numbers that came from \"x\"") != std::string::npos, text);
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
      fmt::format(": what uses it does not lead to y: sin (node {}, (2,)){}", aside.id(), place)));
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
