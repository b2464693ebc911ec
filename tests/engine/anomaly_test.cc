#include "engine/anomaly.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// The line after the call of this, as messages name it.
std::string next_line(Site site = {}) {
  return fmt::format("called at {}:{}", site.file(), site.line() + 1);
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_infinity_is_refused_where_it_is_made) {
  Tape tape;
  const Tensor x = tape.variable(tensor({{4.0, 0.0}, {1.0, 0.0}}), "x");
  const DetectAnomaly watch;
  std::string place;
  const std::string message = refusal([&] {
    const Tensor y = x * 2.0;
    place = next_line();
    const Tensor z = log(y);
    sum(z * 0.0);
  });
  BOOST_TEST(message ==
             "[log] made inf (2 of 4 elements) from operand 0 (2, 2) f32 from 0 to 8; " + place);
}

BOOST_AUTO_TEST_CASE(a_nan_is_told_by_operator_line_and_scope) {
  const DetectAnomaly watch;
  const Tensor zero = zeros({3});
  const NameScope outer("encoder"), inner("0");
  std::string place;
  const std::string message = refusal([&] {
    place = next_line();
    zero / zero;
  });
  BOOST_TEST(message ==
             "[div] made NaN (3 of 3 elements) from operand 0 (3,) f32 from 0 to 0; operand 1 (3,) "
             "f32 from 0 to 0; " +
                 place + " in encoder.0");
}

BOOST_AUTO_TEST_CASE(a_composition_is_told_by_the_line_of_its_caller) {
  const DetectAnomaly watch;
  const Tensor x = full({2}, 3e38);
  std::string place;
  const std::string message = refusal([&] {
    place = next_line();
    tapestry::std(x);
  });
  BOOST_TEST(holds(message, place), message);
}

BOOST_AUTO_TEST_CASE(without_infinities_only_nan_is_refused) {
  const DetectAnomaly watch({.infinities = false});
  const Tensor x = log(zeros({1}));
  BOOST_TEST(holds(refusal([&] { x - x; }), "[sub] made NaN"));
}

BOOST_AUTO_TEST_CASE(infinities_that_come_from_outside_are_data_and_nan_is_not) {
  Tape tape;
  const DetectAnomaly watch;
  const Tensor mask = log(tensor({1.0, 1.0}));
  const Tensor x = tape.variable(full({2}, -INFINITY), "mask");
  BOOST_TEST(exp(x).to_vector() == (std::vector<double>{0, 0}));
  const std::string message = refusal([&] { tape.variable(full({2}, NAN), "weight"); });
  BOOST_TEST(
      holds(message, "[DetectAnomaly] \"weight\" comes to the tape with NaN (2 of 2 elements)"),
      message);
}

BOOST_AUTO_TEST_CASE(a_slope_that_is_not_finite_is_born_in_the_walk) {
  for (const bool recorded : {false, true}) {
    Tape tape;
    const Tensor x = tape.variable(tensor({1.0, 0.0}, DType::f64), "x");
    const NameScope scope("head");
    const std::string place = next_line();
    const Tensor y = sqrt(x);
    const Tensor loss = sum(y);
    const DetectAnomaly watch;
    const std::string message = refusal([&] { gradient(loss, x, {.create_graph = recorded}); });
    BOOST_TEST(holds(message, recorded ? "in the vjp of sqrt"
                                       : "[sqrt] its vjp made inf (1 of 2 elements) for operand 0"),
               message);
    BOOST_TEST(holds(message, place + " in head"), message);
    BOOST_TEST(!holds(message, "from ;"), message);
    if (!recorded) BOOST_TEST(holds(message, "saved (2,) f64 from 0 to 1; called at"), message);
  }
}

BOOST_AUTO_TEST_CASE(scalars_are_watched_too) {
  Tape tape;
  const Scalar x = tape.variable(0.0, "x");
  {
    const DetectAnomaly watch;
    BOOST_TEST(holds(refusal([&] { Scalar(log(x) + 1); }), "[log] made -inf from 0"));
  }
  const Scalar y = sqrt(x);
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { gradient(y, x); }) == "[sqrt] its vjp made inf");
}

BOOST_AUTO_TEST_CASE(a_refused_operation_leaves_nothing_on_the_tape) {
  Tape tape;
  const Tensor x = tape.variable(zeros({2}));
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { log(x); }) != "");
  BOOST_TEST(tape.size() == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_watched_when_nobody_does) {
  { const DetectAnomaly watch; }
  BOOST_TEST(log(zeros({1})).item() == -INFINITY);
}

BOOST_AUTO_TEST_CASE(nan_that_comes_with_a_plain_operand_is_told_at_its_first_use) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x");
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { x + full({2}, NAN); })
                 .starts_with("[add] made NaN (2 of 2 elements) from operand 0 (2,) f32 from 1 to "
                              "1; operand 1 (2,) f32, 2 NaN; called at "));
}

BOOST_AUTO_TEST_CASE(a_composition_may_use_nan_inside) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 3.0, 2.0}), "x");
  const DetectAnomaly watch;
  BOOST_TEST(median(x).item() == 2);
}
