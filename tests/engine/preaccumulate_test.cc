// Slopes as numbers: given by the caller, or gathered from a piece of the tape.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "engine/scalar/given_partials.h"
#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

struct Two {
  Tape tape;
  Scalar x = tape.variable(1.25, "x"), z = tape.variable(0.75, "z");
};

void refused(std::function<void()> f, std::string_view text) {
  const std::string message = refusal(f);
  BOOST_TEST(message.find(text) != std::string::npos, message);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(given_slopes_are_the_gradient, Two) {
  const Scalar y = with_partials(7.0, {x, 2.0, z}, {3.0, 100.0, 5.0});
  BOOST_TEST(y.value() == 7);
  const Scalar w = y * y;
  const auto [dx, dz] = gradient(w, x, z);
  BOOST_TEST(dx == 14 * 3);
  BOOST_TEST(dz == 14 * 5);
  BOOST_TEST(!with_partials(7.0, {1.0, 2.0}, {3.0, 4.0}).is_tracked());
  verify(tape);
}

BOOST_AUTO_TEST_CASE(any_number_of_slopes_may_be_given) {
  for (std::size_t count : {1u, 31u, 32u, 33u, 63u, 64u, 100u}) {
    Tape tape;
    std::vector<Scalar> xs;
    std::vector<double> slopes;
    for (std::size_t i = 0; i < count; ++i) {
      xs.push_back(tape.variable(1.0));
      slopes.push_back(static_cast<double>(i) + 0.5);
    }
    const Scalar y = with_partials(2.0, xs, slopes);
    BOOST_TEST(y.value() == 2);
    BOOST_TEST(gradient(y, xs) == slopes);
    verify(tape);
  }
}

BOOST_FIXTURE_TEST_CASE(slopes_have_no_slopes, Two) {
  const Scalar y = with_partials(7.0, {x}, {3.0});
  refused([&] { gradient(y * y, x, {.create_graph = true}); }, "create_graph cannot pass it");
  refused([&] { with_partials(7.0, {x}, {3.0, 4.0}); }, "1 scalars and 2 partials");
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_the_whole_tape_and_it_stays_short) {
  const auto run = [](bool gather, NodeId& size) {
    Tape tape;
    const Scalar x = tape.variable(1.25), z = tape.variable(0.75);
    Scalar a = x, b = z;
    for (int i = 0; i < 50; ++i) {
      const TapeMark mark = tape.mark();
      std::vector<Scalar> state = {a, b};
      for (int k = 0; k < 10; ++k) {
        state[0] = sin(state[0]) + 0.1 * x * state[1];
        state[1] = 0.9 * state[1] - 0.1 * state[0] * state[0];
      }
      if (gather) preaccumulate(tape, mark, {x, a, b}, state);
      a = state[0], b = state[1];
    }
    verify(tape);
    size = tape.size();
    return gradient(a * b, std::vector<Scalar>{x, z});
  };
  NodeId whole = 0, gathered = 0;
  const std::vector<double> expected = run(false, whole), actual = run(true, gathered);
  for (std::size_t i = 0; i < 2; ++i)
    BOOST_TEST(actual[i] == expected[i], boost::test_tools::tolerance(1e-10));
  BOOST_TEST(whole == 2 + 50 * 20u);
  BOOST_TEST(gathered == 2 + 50 * 2u);
}

BOOST_FIXTURE_TEST_CASE(xs_that_depend_on_each_other_count_once, Two) {
  const Scalar twice = x * 2;
  const TapeMark mark = tape.mark();
  std::vector<Scalar> ys = {x + twice * z};
  preaccumulate(tape, mark, {x, twice, z, x}, ys);
  const auto [dx, dz] = gradient(ys[0], x, z);
  BOOST_TEST(dx == 1 + 2 * 0.75);
  BOOST_TEST(dz == 2.5);
}

BOOST_FIXTURE_TEST_CASE(more_outputs_than_inputs_are_gathered_forward, Two) {
  const Scalar twice = x * 2;
  const TapeMark mark = tape.mark();
  std::vector<Scalar> ys;
  for (int i = 0; i < 20; ++i) ys.push_back(x * i + twice * z);
  preaccumulate(tape, mark, {x, twice, z}, ys);
  BOOST_TEST(tape.size() == 3u + 20u);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(gradient(ys[static_cast<std::size_t>(i)], x) == i + 1.5);
    BOOST_TEST(gradient(ys[static_cast<std::size_t>(i)], z) == 2.5);
  }
}

BOOST_FIXTURE_TEST_CASE(plain_outputs_and_earlier_ones_are_left_as_they_are, Two) {
  const Scalar early = x * z;
  const TapeMark mark = tape.mark();
  std::vector<Scalar> ys = {early, 3.0, early * x};
  preaccumulate(tape, mark, {early, x}, ys);
  BOOST_TEST(ys[0].id() == early.id());
  BOOST_TEST(!ys[1].is_tracked());
  BOOST_TEST(gradient(ys[2], x) == 2 * 1.25 * 0.75);
}

BOOST_FIXTURE_TEST_CASE(what_it_refuses_is_not_forgotten, Two) {
  const TapeMark mark = tape.mark();
  const Scalar y = x * z;
  std::vector<Scalar> ys = {y};
  refused([&] { preaccumulate(tape, mark, {x}, ys); }, "reads \"z\"");
  refused([&] { preaccumulate(tape, mark, {x, z, y}, ys); }, "x[2] is not recorded");
  refused([&] { preaccumulate(tape, mark, {x, Scalar(1)}, ys); }, "x[1] is not recorded");
  BOOST_TEST(tape.size() == 3u);
  const Scalar w = at(stack({y, z}), {0});
  ys = {w};
  refused([&] { preaccumulate(tape, mark, {x, z}, ys); }, "is a tensor's");
  BOOST_TEST(gradient(w, x) == 0.75);
}
