#include "engine/tape/anomaly.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

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
  const std::string message = refusal_with_place([&] {
    const Tensor y = x * 2.0;
    place = next_line();
    const Tensor z = log(y);
    sum(z * 0.0);
  });
  BOOST_TEST(message ==
             "[log] made -inf (2 of 4 elements) from operand 0 (2, 2) f32 from 0 to 8; " + place);
}

BOOST_AUTO_TEST_CASE(a_nan_is_told_by_operator_line_and_scope) {
  const DetectAnomaly watch;
  const Tensor zero = zeros({3});
  const NameScope outer("encoder"), inner("0");
  std::string place;
  const std::string message = refusal_with_place([&] {
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
  const Tensor x = tensor({3e38, -3e38});
  std::string place;
  const std::string message = refusal_with_place([&] {
    place = next_line();
    tapestry::std(x);
  });
  BOOST_TEST(holds(message, place), message);
}

BOOST_AUTO_TEST_CASE(without_infinities_only_nan_is_refused) {
  const DetectAnomaly watch({.infinities = false});
  const Tensor x = log(zeros({1}));
  BOOST_TEST(holds(refusal_with_place([&] { x - x; }), "[sub] made NaN"));
}

BOOST_AUTO_TEST_CASE(infinities_that_come_from_outside_are_data_and_nan_is_not) {
  Tape tape;
  const DetectAnomaly watch;
  const Tensor mask = log(tensor({1.0, 1.0}));
  const Tensor x = tape.variable(full({2}, -INFINITY), "mask");
  BOOST_TEST(exp(x).to_vector() == (std::vector<double>{0, 0}));
  const std::string message = refusal_with_place([&] { tape.variable(full({2}, NAN), "weight"); });
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
    const std::string message =
        refusal_with_place([&] { gradient(loss, x, {.create_graph = recorded}); });
    BOOST_TEST(message ==
               "[sqrt] its vjp made inf (1 of 2 elements) for operand 0 from the adjoint (2,) f64 "
               "from 1 to 1; saved (2,) f64 from 0 to 1; " +
                   place + " in head");
  }
}

BOOST_AUTO_TEST_CASE(forward_mode_is_watched_too) {
  const DetectAnomaly watch;
  const auto f = [](const Tensor& x) { return sqrt(x) * 2; };
  const std::string message = refusal_with_place([&] {
    jvp(f, tensor({0.0, 1.0}), tensor({1.0, 1.0}));
  });
  BOOST_TEST(holds(message,
                   "[sqrt] its jvp made inf (1 of 2 elements) from the tangent (2,) f32 from 1 to "
                   "1 and operand 0 (2,) f32 from 0 to 1"),
             message);
  BOOST_TEST(jvp(f, tensor({0.0, 1.0}), tensor({0.0, 1.0})).second.to_vector()[0] == 0);
}

BOOST_AUTO_TEST_CASE(scalars_are_watched_too) {
  Tape tape;
  const Scalar x = tape.variable(0.0, "x");
  {
    const DetectAnomaly watch;
    BOOST_TEST(holds(refusal_with_place([&] { Scalar(log(x) + 1); }), "[log] made -inf from 0"));
  }
  const Scalar y = sqrt(x);
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { gradient(y, x); }) == "[sqrt] its vjp made inf");
  // The step of a statement, not its last.
  const Scalar z = 3 * (sqrt(x) * 2 + 1);
  BOOST_TEST(refusal([&] { gradient(z, x); }) == "[sqrt] its vjp made inf");
  BOOST_TEST(refusal([&] { gradient(z, x, {.create_graph = true}); }) == "[sqrt] its vjp made inf");
}

BOOST_AUTO_TEST_CASE(statements_of_a_recorded_sweep_are_watched_too) {
  Tape tape;
  const Scalar x = tape.variable(0.0, "x");
  const Scalar slope = gradient(pow(x, 1.5), x, {.create_graph = true});  // 1.5 x^0.5
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] { gradient(slope, x); }) == "[pow] its vjp made inf");
}

BOOST_AUTO_TEST_CASE(a_refused_operation_leaves_nothing_on_the_tape) {
  Tape tape;
  const Tensor x = tape.variable(zeros({2}));
  const DetectAnomaly watch;
  BOOST_TEST(refusal_with_place([&] { log(x); }) != "");
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
  BOOST_TEST(refusal_with_place([&] { x + full({2}, NAN); })
                 .starts_with("[add] made NaN (2 of 2 elements) from operand 0 (2,) f32 from 1 to "
                              "1; operand 1 (2,) f32, 2 NaN; called at "));
}

BOOST_AUTO_TEST_CASE(a_composition_may_use_nan_inside) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 3.0, 2.0}), "x");
  const DetectAnomaly watch;
  BOOST_TEST(median(x).item() == 2);
}

BOOST_AUTO_TEST_CASE(infinities_are_told_with_their_signs) {
  const DetectAnomaly watch;
  const Tensor zero = zeros({3});
  const auto told = [&](const Tensor& x, std::string_view what) {
    BOOST_TEST(
        refusal_with_place([&] { x / zero; }).starts_with(fmt::format("[div] made {} (", what)));
  };
  told(tensor({1.0, 2.0, 3.0}), "inf");
  told(tensor({-1.0, -2.0, -3.0}), "-inf");
  told(tensor({1.0, -2.0, 3.0}), "inf and -inf");
}

BOOST_AUTO_TEST_CASE(a_cotangent_with_nan_is_refused_and_with_infinities_is_data) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x");
  const Tensor y = x * 2.0;
  const DetectAnomaly watch;
  BOOST_TEST(refusal([&] {
               gradient(y, x, {.cotangent = tensor({1.0, NAN})});
             }) ==
             "[gradient] the cotangent comes with NaN (1 of 2 elements): (2,) f32 from 1 to 1, 1 "
             "NaN");
  BOOST_TEST(gradient(y, x, {.cotangent = full({2}, INFINITY)}).to_vector() ==
             (std::vector<double>{INFINITY, INFINITY}));
}

// ---- functions of the user's: their operations have lines of their own ----

BOOST_AUTO_TEST_CASE(an_anomaly_under_vmap_is_told_by_the_line_in_the_function) {
  const Tensor batch = tensor({{1.0, 2.0}, {0.0, 1.0}});  // the first example is sound
  std::string place;
  const auto f = [&](const Tensor& x) {
    const Tensor doubled = x * 2.0;
    place = next_line();
    return log(doubled);
  };
  const auto read = [&](const Tensor& x) { return f(x) * x.item(); };
  const DetectAnomaly watch;
  const std::string message = refusal_with_place([&] { vmap(f)(batch); });
  BOOST_TEST(message ==
             "[log] made -inf (1 of 4 elements) from operand 0 (2, 2) f32 from 0 to 4; " + place);
  const std::string one_by_one = refusal_with_place([&] { vmap(read)(tensor({1.0, 0.0})); });
  BOOST_TEST(one_by_one ==
             "[log] made -inf (1 of 1 elements) from operand 0 () f32 from 0 to 0; " + place);
}

BOOST_AUTO_TEST_CASE(an_anomaly_in_a_function_that_a_walk_calls_is_told_by_the_line_in_it) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 0.0}), "x");
  std::string place;
  const auto logarithm = [&](const Tensor& v) {
    place = next_line();
    return log(v);
  };
  const auto identity = custom_vjp(
      [](const std::vector<Tensor>& in) { return in[0]; },
      [&](const Tensor& g, const auto&, const Tensor&) { return std::vector{logarithm(g - g)}; });
  const Tensor again = sum(checkpoint(logarithm)(x)), own = sum(identity({x})),
               hooked = sum(on_gradient(x, [&](const Tensor&g) { return logarithm(g - g); }));
  const DetectAnomaly watch;
  for (const Tensor& y : {again, own, hooked}) {
    const std::string message = refusal_with_place([&] { gradient(y, x); });
    BOOST_TEST(message.starts_with("[log] made -inf ("), message);
    BOOST_TEST(message.ends_with(place), message);
  }
}

BOOST_AUTO_TEST_CASE(nan_in_an_argument_of_a_transformation_is_told_by_the_line_of_its_call) {
  const Tensor x = full({2}, NAN);
  const auto f = [](const Tensor& v) { return sum(v); };
  const DetectAnomaly watch;
  const auto check = [](const std::string& message, const std::string& place) {
    BOOST_TEST(holds(message, "NaN"), message);
    BOOST_TEST(message.ends_with(place), message);
  };
  std::string place = next_line();
  check(refusal_with_place([&] { grad(f)(x); }), place);
  place = next_line();
  check(refusal_with_place([&] { jvp(f, x, x); }), place);
  place = next_line();
  check(refusal_with_place([&] { jacobian_forward(f, x); }), place);
  place = next_line();
  check(refusal_with_place([&] { vmap(f)(x); }), place);
}

BOOST_AUTO_TEST_CASE(a_rule_of_the_users_is_told_by_the_line_that_made_it) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x");
  const std::string place = next_line();
  const Tensor y = sum(on_gradient(x, [](const Tensor& g) { return full(g.shape(), INFINITY); }));
  const DetectAnomaly watch;
  BOOST_TEST(refusal_with_place([&] { gradient(y, x); }) ==
             "[on_gradient] its vjp made inf (2 of 2 elements) for operand 0 from the adjoint (2,) "
             "f32 from 1 to 1; saved (2,) f32 from 1 to 1; saved (2,) f32 from 1 to 1; " +
                 place);
}

// ---- what is not told ----

BOOST_AUTO_TEST_CASE(steps_of_an_operation_may_be_infinite) {
  Tape tape;
  const Tensor a = tape.variable(tensor({{1.0, 0.0}, {0.0, 0.0}}, DType::f64), "a");
  const DetectAnomaly watch;
  BOOST_TEST(gradient(sum(pinv(a)), a).defined());
}

BOOST_AUTO_TEST_CASE(what_a_mask_hides_in_a_walk_is_not_told_to_any_order) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.0, 4.0}, DType::f64), "x");
  const Tensor y = sum(where(x > 0, sqrt(x), 0));
  const DetectAnomaly watch;
  const Tensor once = gradient(y, x, {.create_graph = true});
  const Tensor twice = gradient(sum(once), x, {.create_graph = true});
  BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{0, 0.25}));
  BOOST_TEST(once.to_vector() == (std::vector<double>{0, 0.25}));
  BOOST_TEST(twice.to_vector() == (std::vector<double>{0, -1. / 32}));
  BOOST_TEST(gradient(sum(twice), x).to_vector() == (std::vector<double>{0, 3. / 256}));
}

BOOST_AUTO_TEST_CASE(a_walk_under_vmap_is_watched_as_any_other) {
  const Tensor batch = tensor({{1.0, 4.0}, {0.0, 4.0}}, DType::f64);
  const auto masked = [](const Tensor& x) { return sum(where(x > 0, sqrt(x), 0)); };
  std::string place;
  const auto bare = [&](const Tensor& x) {
    place = next_line();
    const Tensor y = sqrt(x);
    return sum(y);
  };
  const DetectAnomaly watch;
  BOOST_TEST(vmap(grad(masked))(batch).to_vector() == (std::vector<double>{0.5, 0.25, 0, 0.25}));
  const std::string message = refusal_with_place([&] { vmap(grad(bare))(batch); });
  BOOST_TEST(message.starts_with("[div] its rule made inf (1 of 4 elements) from"), message);
  BOOST_TEST(message.ends_with(place), message);
}

BOOST_AUTO_TEST_CASE(of_two_infinite_adjoints_the_one_that_reaches_a_result_is_told) {
  Tape tape;
  const Tensor x = tape.variable(zeros({1}), "x");
  const std::string place = next_line();
  const Tensor seen = sqrt(x);
  const Tensor hidden = sqrt(where(x > 0, x, 0));
  const Tensor one = sum(hidden), both = sum(hidden + seen);
  const DetectAnomaly watch;
  BOOST_TEST(gradient(one, x).item() == 0);
  const std::string message = refusal_with_place([&] { gradient(both, x); });
  BOOST_TEST(message.starts_with("[sqrt] its vjp made inf"), message);
  BOOST_TEST(message.ends_with(place), message);
}
