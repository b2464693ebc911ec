#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <thread>

#include "ops/ops.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

BOOST_AUTO_TEST_CASE(the_gradient_of_a_scalar_expression_is_its_derivative) {
  Tape tape;
  const Scalar x = tape.variable(2.0, "x"), z = tape.variable(3.0, "z");
  const Scalar y = x * z + sin(x);
  const auto [dx, dz] = gradient(y, x, z);
  BOOST_TEST(dx == 3 + std::cos(2.0));
  BOOST_TEST(dz == 2);
}

BOOST_AUTO_TEST_CASE(an_operand_used_twice_gets_both_contributions) {
  Tape tape;
  const Tensor x = tape.variable(tensor({3.0, -1.0}));
  BOOST_TEST(gradient(sum(x * x), x).to_vector() == (std::vector<double>{6, -2}));
  BOOST_TEST(gradient(sum(x + x), x).to_vector() == (std::vector<double>{2, 2}));
}

BOOST_AUTO_TEST_CASE(a_tape_answers_again_and_again) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0}));
  const Tensor y = sum(exp(x) * x);
  const NodeId recorded = tape.size();
  const std::vector<double> first = gradient(y, x).to_vector();
  BOOST_TEST(gradient(y, x).to_vector() == first);
  BOOST_TEST(tape.size() == recorded);
}

BOOST_AUTO_TEST_CASE(derivatives_of_derivatives_follow_from_recording_the_walk) {
  Tape tape;
  const Scalar s = tape.variable(2.0);
  const Scalar first = gradient(s * s * s * s, s, {.create_graph = true});
  const Scalar second = gradient(first, s, {.create_graph = true});
  const Scalar third = gradient(second, s, {.create_graph = true});
  BOOST_TEST(first.value() == 32);
  BOOST_TEST(second.value() == 48);
  BOOST_TEST(third.value() == 48);
  BOOST_TEST(gradient(third, s) == 24);

  const Tensor x = tape.variable(tensor({0.3, 0.7}, DType::f64));
  const Tensor slope = gradient(sum(tanh(x) * x), x, {.create_graph = true});
  const std::vector<double> curvature = gradient(sum(slope), x).to_vector();
  for (std::size_t i = 0; i < 2; ++i) {
    const double v = x.to_vector()[i], t = std::tanh(v), d = 1 - t * t;
    BOOST_TEST(curvature[i] == 2 * d - 2 * v * t * d, boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_may_be_taken_with_respect_to_what_lies_between) {
  Tape tape;
  const Tensor x = tape.variable(tensor({2.0}));
  const Tensor h = x * 3.0;
  const auto [dh, dx] = gradient(sum(h * h), h, x);
  BOOST_TEST(dh.item() == 12);
  BOOST_TEST(dx.item() == 36);
}

BOOST_AUTO_TEST_CASE(an_adjoint_that_is_given_or_asked_for_is_not_overwritten) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.5, -1.5}, DType::f64));
  const Tensor h = tanh(x), given = tensor({2.0, 3.0}, DType::f64);
  const std::vector<Tensor> slopes =
      gradient(exp(h), std::vector{h, x}, {.cotangent = given, .retain_graph = false});
  BOOST_TEST(given.to_vector() == (std::vector<double>{2, 3}));
  const Tensor of_h = given * exp(detach(h));
  BOOST_TEST(slopes[0].to_vector() == of_h.to_vector());
  const Tensor of_x = of_h * (1.0 - detach(h) * detach(h));
  BOOST_TEST(test::distance(slopes[1], of_x) < 1e-15);
}

BOOST_AUTO_TEST_CASE(a_million_recorded_adds_need_no_recursion) {
  rlimit stack{};
  getrlimit(RLIMIT_STACK, &stack);
  BOOST_TEST(stack.rlim_cur <= rlim_t{8} << 20);
  for (bool create_graph : {false, true}) {
    Tape tape;
    const Tensor x = tape.variable(tensor({1.0})), one = tape.variable(tensor({1.0}));
    Tensor y = x;
    for (int i = 0; i < 1000000; ++i) y = y + one;
    const auto grads = gradient(sum(y), std::vector{x, one}, {.create_graph = create_graph});
    BOOST_TEST(grads[0].item() == 1);
    BOOST_TEST(grads[1].item() == 1e6);
  }
}

BOOST_AUTO_TEST_CASE(a_million_scalar_statements_need_no_recursion) {
  Tape tape;
  const Scalar x = tape.variable(1.0);
  Scalar y = x;
  for (int i = 0; i < 1000000; ++i) y = y * 1.0000001 + x;
  const double slope = gradient(y, x);
  BOOST_TEST(slope == y.value(), boost::test_tools::tolerance(1e-9));  // y is proportional to x
}

BOOST_AUTO_TEST_CASE(recording_costs_memory_only_until_the_tape_is_cleared) {
  Tape tape;
  std::size_t live = 0;
  for (int round = 0; round < 100; ++round) {
    tape.clear();
    const Tensor x = tape.variable(ones({1000}));
    gradient(sum(exp(sin(x))), x);
    const std::size_t now = memory_stats().live_bytes;
    if (round == 0) live = now;
    BOOST_REQUIRE(now <= live);
  }
}

BOOST_AUTO_TEST_CASE(outside_a_tape_and_while_paused_nothing_is_recorded) {
  const Tensor a = ones({2}) + ones({2});
  BOOST_TEST(!a.is_tracked());
  Tape tape;
  const Tensor x = tape.variable(ones({2}));
  {
    const PauseRecording pause;
    BOOST_TEST(!(x + x).is_tracked());
  }
  BOOST_TEST((x + x).is_tracked());
  BOOST_TEST(!detach(x + x).is_tracked());
  BOOST_TEST(!(detach(x) * 2.0).is_tracked());
}

BOOST_AUTO_TEST_CASE(a_tape_may_die_while_it_is_paused) {
  Tape outer;
  auto inner = std::make_unique<Tape>();
  {
    const PauseRecording pause;
    inner.reset();
    BOOST_TEST(recording_tape() == nullptr);
  }
  BOOST_TEST(recording_tape() == &outer);
}

BOOST_AUTO_TEST_CASE(nested_tapes_each_record_what_they_track) {
  Tape outer;
  const Tensor x = outer.variable(tensor({2.0}));
  {
    Tape inner;
    const NodeId before = outer.size();
    const Tensor u = inner.variable(tensor({5.0}));
    BOOST_TEST((u * u).is_tracked());
    BOOST_TEST(outer.size() == before);  // nothing of x's
    const Tensor y = sum(u * x);
    BOOST_TEST(gradient(y, u).item() == 2);  // x is a constant to the inner tape
    BOOST_TEST(refusal([&] { gradient(y, x); }) ==
               "[gradient] x[0] and y are recorded on different tapes");
    BOOST_TEST(gradient(inner.outer_value(y), x).item() == 5);  // as the outer tape knows y
    BOOST_TEST(gradient(x * x, x).item() == 4);
  }
  BOOST_TEST(gradient(sum(x * x), x).item() == 4);
}

BOOST_AUTO_TEST_CASE(a_gradient_on_an_inner_tape_is_differentiated_on_the_outer) {
  Tape outer;
  const Tensor x = outer.variable(tensor({2.0}, DType::f64));
  Tape inner;
  const Tensor u = inner.variable(x);  // followed by both
  const Tensor slope = gradient(sum(u * u * u), u);
  BOOST_TEST(slope.item() == 12);
  BOOST_TEST(outer.owns(slope));
  BOOST_TEST(gradient(sum(slope), x).item() == 12);
}

BOOST_AUTO_TEST_CASE(a_handle_that_outlives_its_tape_keeps_its_numbers_but_is_refused) {
  Tensor stale;
  Scalar stale_scalar;
  {
    Tape tape;
    stale = tape.variable(tensor({2.0})) * 3.0;
    stale_scalar = tape.variable(2.0) * 3.0;
  }
  BOOST_TEST(stale.item() == 6);
  BOOST_TEST((stale + 1.0).item() == 7);  // no tape records: plain numbers
  const std::string reason =
      " was recorded on a tape that no longer lives or was cleared; use its numbers through "
      "detach(), or put it on the new tape with tape.variable()";
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0}));
  BOOST_TEST(refusal([&] { x* stale; }) == "[mul] operand 1" + reason);
  BOOST_TEST(refusal([&] { stale + 1.0; }) == "[add] operand 0" + reason);
  BOOST_TEST(refusal([&] { Scalar(tape.variable(1.0) * stale_scalar); }) ==
             "[mul] operand 1" + reason);
  BOOST_TEST(refusal([&] { gradient(stale, x); }) ==
             "[gradient] y was recorded on a tape that no longer lives or was cleared");
  BOOST_TEST(refusal([&] { gradient(sum(x), stale); }) ==
             "[gradient] x[0] was recorded on a tape that no longer lives or was cleared");
  const Tensor y = x * x;
  tape.clear();
  BOOST_TEST(refusal([&] { y + 1.0; }) == "[add] operand 0" + reason);
}

BOOST_AUTO_TEST_CASE(a_missing_gradient_is_refused_with_its_reason) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0}), "x"),
               z = tape.variable(tensor({1.0, 2.0}), "z");
  const Tensor y = sum(z * detach(x));
  BOOST_TEST(refusal([&] { gradient(y, x); })
                 .starts_with("[gradient] y does not depend on x[0] \"x\" (node 1, (2,)): node 3, "
                              "which y was computed from, holds numbers that came from \"x\""));
  const Tensor counted = sum(z) + sum((x > 1.5).to(DType::f32));
  BOOST_TEST(refusal([&] { gradient(counted, x); }).find("only through greater (node ") !=
             std::string::npos);
  BOOST_TEST(refusal([&] { gradient(x, x); }) ==
             "[gradient] y has shape (2,), and a gradient is taken of one number: reduce y first, "
             "or give a cotangent");
  BOOST_TEST(
      refusal([&] { gradient(sum(x), ones({2})); }) ==
      "[gradient] x[0] is not recorded on a tape: make it with tape.variable() before computing y");
  BOOST_TEST(refusal([&] { gradient(ones({}), x); }) ==
             "[gradient] y was not recorded: it was made outside the tape, under PauseRecording, "
             "by detach() or stop_gradient(), by a gradient without create_graph, or from plain "
             "numbers only");
  BOOST_TEST(refusal([&] { gradient(argmax(x), x); }) ==
             "[gradient] y has dtype i64, and only f32 and f64 have gradients");
  BOOST_TEST(refusal([&] { tape.variable(arange(3, DType::i64)); }) ==
             "[variable] only f32 and f64 have gradients; this tensor has dtype i64");
  BOOST_TEST(gradient(y, x, {.allow_unused = true}).to_vector() == (std::vector<double>{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_constant_takes_no_gradient) {
  Tape tape;
  const Tensor x = tape.variable(ones({2})), c = tape.constant(ones({2}), "target");
  const Tensor y = x + c;
  for (bool allow_unused : {false, true})
    BOOST_TEST(
        refusal([&] {
          gradient(y, std::vector{x, c}, {.allow_unused = allow_unused, .cotangent = ones({2})});
        }) ==
        "[gradient] x[1] \"target\" (node 2, (2,)) is a constant, which takes no gradient; make "
        "it with tape.variable()");
}

BOOST_AUTO_TEST_CASE(the_derivative_of_something_linear_is_a_constant) {
  Tape tape;
  const Tensor x = tape.variable(tensor({2.0}));
  const Tensor slope = gradient(x * 3.0, x, {.create_graph = true});
  BOOST_TEST(slope.item() == 3);
  BOOST_TEST(gradient(slope, x, {.allow_unused = true}).item() == 0);
}

BOOST_AUTO_TEST_CASE(a_paused_walk_records_nothing) {
  Tape tape;
  const Tensor x = tape.variable(tensor({2.0}));
  const Tensor y = x * x * x;
  const NodeId before = tape.size();
  const PauseRecording pause;
  BOOST_TEST(!gradient(y, x, {.create_graph = true}).is_tracked());
  BOOST_TEST(tape.size() == before);
}

BOOST_AUTO_TEST_CASE(every_thread_has_its_own_tapes) {
  std::vector<double> slopes(4);
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < slopes.size(); ++k)
    threads.emplace_back([&slopes, k] {
      for (int round = 0; round < 200; ++round) {
        Tape tape;
        const Tensor x = tape.variable(full({50}, static_cast<double>(k), DType::f64));
        slopes[k] = gradient(sum(x * x), x).to_vector()[49];
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t k = 0; k < slopes.size(); ++k)
    BOOST_TEST(slopes[k] == 2.0 * static_cast<double>(k));

  Tape tape;
  const Tensor x = tape.variable(ones({1}));
  std::string elsewhere;
  std::thread([&] { elsewhere = refusal([&] { gradient(sum(x), x); }); }).join();
  BOOST_TEST(
      elsewhere ==
      "[gradient] y was not recorded: it was made outside the tape, under PauseRecording, by "
      "detach() or stop_gradient(), by a gradient without create_graph, or from plain numbers "
      "only");
}

BOOST_AUTO_TEST_CASE(conversions_between_dtypes_pass_gradients) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0}));
  const Tensor y = sum(x.to(DType::f64) * tensor({3.0, 4.0}, DType::f64));
  const Tensor slope = gradient(y, x);
  BOOST_TEST((slope.dtype() == DType::f32));
  BOOST_TEST(slope.to_vector() == (std::vector<double>{3, 4}));
}

BOOST_AUTO_TEST_CASE(scalars_stack_into_tensors_and_come_out_again) {
  Tape tape;
  const Scalar a = tape.variable(2.0), b = tape.variable(3.0);
  const Tensor t = stack({a, b, a * b, 1.0}, {2, 2});
  const Scalar y = at(matmul(t, t), {0, 1});  // a b + b 1
  BOOST_TEST(y.value() == 9);
  const auto [da, db] = gradient(y, a, b);
  BOOST_TEST(da == 3);
  BOOST_TEST(db == 3);
  const Scalar again = gradient(y * y, a, {.create_graph = true});
  BOOST_TEST(again.value() == 54);
  BOOST_TEST(gradient(again, b) == 36);  // d/db 2 (a b + b) b
  Scalar total = 0;
  for (const Scalar& element : unstack(t)) total += element * element;
  BOOST_TEST(gradient(total, a) == 2 * 2 + 2 * 6 * 3);
}

BOOST_AUTO_TEST_CASE(gradients_of_tensors_and_scalars_together_take_options) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0}, DType::f64), "x");
  const Scalar s = tape.variable(3.0, "s"), t = tape.variable(5.0, "t");
  const Tensor y = sum(x * x * s * s * t);  // 5 s^2 t
  const auto [dx, ds] = gradient(y, x, s, {.create_graph = true});
  BOOST_TEST(dx.to_vector() == (std::vector<double>{90, 180}));
  BOOST_TEST(ds.value() == 150);
  BOOST_TEST(gradient(ds, s) == 50);
  BOOST_TEST(gradient(ds, x).to_vector() == (std::vector<double>{60, 120}));
  const auto [d1, d2, d3] = gradient(y, s, x, t, {.create_graph = true});
  BOOST_TEST(gradient(d3, t, {.allow_unused = true}).value() == 0);
  BOOST_TEST(gradient(d1, t) == 30);
  BOOST_TEST(gradient(sum(d2), t) == 54);
  const GradientOptions last{.retain_graph = false};
  const auto [e1, e2, e3, e4] = gradient(y, s, x, t, x, last);
  BOOST_TEST(e4.to_vector() == e2.to_vector());
  BOOST_TEST(!e1.is_tracked());
  BOOST_TEST(e3.value() == 45);
}
