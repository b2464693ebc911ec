// A replay stands where a fresh recording at the new inputs would.
#include "engine/scalar/replay.h"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "ops/ops.h"
#include "tests/bench/kernels/catalogue.h"
#include "tests/support/refusal.h"
#include "tests/support/variables.h"

using namespace tapestry;
using namespace tapestry::detail;
using tapestry::test::variables;

namespace {

struct Two {
  Tape tape;
  Scalar x = tape.variable(1.25, "x"), z = tape.variable(0.75, "z");
};

}  // namespace

BOOST_AUTO_TEST_CASE(values_and_gradients_are_those_of_a_fresh_recording_bit_for_bit) {
  bench::for_each_small_kernel([](const auto& kernel) {
    const std::vector<double> here = kernel.point();
    std::vector<double> there = here;
    for (std::size_t i = 0; i < there.size(); ++i)
      there[i] *= 1 + 1e-3 * static_cast<double>(i % 7);

    Tape fresh;
    const std::vector<Scalar> fresh_xs = variables(fresh, there);
    const Scalar expected = kernel(fresh_xs);
    const std::vector<double> slopes = gradient(expected, fresh_xs);

    Tape tape;
    const std::vector<Scalar> xs = variables(tape, here);
    const Scalar y = kernel(xs);
    const std::vector<double> slopes_here = gradient(y, xs);
    BOOST_TEST(replay(y, xs, there) == expected.value(), kernel.name());
    BOOST_TEST(replayed(y) == expected.value(), kernel.name());
    BOOST_TEST(gradient(y, xs) == slopes, kernel.name());
    BOOST_TEST(replay(y, xs, here) == y.value(), kernel.name());
    BOOST_TEST(gradient(y, xs) == slopes_here, kernel.name());
  });
}

BOOST_FIXTURE_TEST_CASE(a_comparison_that_turns_out_otherwise_is_refused_with_its_line, Two) {
  const Scalar y = x > z ? exp(x) * z : Scalar(x);
  const std::vector<double> before = gradient(y, std::vector<Scalar>{x, z});
  const std::string message = refusal([&] { replay(y, {x, z}, {0.5, 2.0}); });
  BOOST_TEST(message.find("replay_test.cc:") != std::string::npos, message);
  BOOST_TEST(message.find("took 1.25 > 0.75 for true, and at these inputs 0.5 > 2 is false") !=
                 std::string::npos,
             message);
  BOOST_TEST(replayed(x) == 1.25);
  BOOST_TEST(replayed(y) == y.value());
  BOOST_TEST(gradient(y, std::vector<Scalar>{x, z}) == before);
}

BOOST_FIXTURE_TEST_CASE(what_the_page_decides_is_decided_anew, Two) {
  const Scalar y = maximum(x, z) + 10 * minimum(x, 1) + 100 * abs(z - 1) + 1000 * relu(x - z);
  BOOST_TEST(replay(y, {x, z}, {0.5, 3.0}) == 3 + 5 + 200);
  const auto [dx, dz] = gradient(y, x, z);
  BOOST_TEST(dx == 10);
  BOOST_TEST(dz == 1 + 100);
}

BOOST_FIXTURE_TEST_CASE(the_branch_of_where_is_a_comparison, Two) {
  const Scalar y = where(x > 1, x * z, z);
  BOOST_TEST(replay(y, {x}, {2.0}) == 1.5);
  BOOST_TEST(!refusal([&] { replay(y, {x}, {0.5}); }).empty());
}

BOOST_FIXTURE_TEST_CASE(recorded_gradients_are_carried_out_too, Two) {
  const Scalar y = exp(x * z) / x;
  const Scalar slope = gradient(y, x, {.create_graph = true});
  const double there = replay(slope, {x, z}, {0.5, 2.0});
  BOOST_TEST(there == std::exp(1.0) * (2 / 0.5 - 1 / 0.25), boost::test_tools::tolerance(1e-14));
}

BOOST_FIXTURE_TEST_CASE(a_recorded_gradient_holds_the_side_of_a_kink_that_it_was_recorded_on, Two) {
  const Scalar slope = gradient(Scalar(relu(x) * z + 0 * x), x, {.create_graph = true});
  BOOST_TEST(replay(slope, {x, z}, {2.0, 3.0}) == 3);
  BOOST_TEST(refusal([&] { replay(slope, {x}, {-1.0}); }).find("would branch otherwise") !=
             std::string::npos);
  BOOST_TEST(replayed(slope) == 3);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_carried_out_is_refused, Two) {
  const Scalar y = x * z;
  const auto refused = [&](auto f, std::string_view text) {
    const std::string message = refusal(f);
    BOOST_TEST(message.find(text) != std::string::npos, message);
  };
  refused([&] { replay(y, {x, z}, {1.0}); }, "1 numbers for 2 variables");
  refused([&] { replay(y, {y}, {1.0}); }, "x[0] is no variable");
  refused([&] { replay(y, {Scalar(2)}, {1.0}); }, "x[0] is no variable");
  refused([&] { replay(Scalar(2), {Scalar(2)}, {1.0}); }, "x[0] is not recorded");
  refused([&] { replayed(Scalar(2)); }, "plain number");
  Tape other;
  const Scalar stranger = other.variable(1.0);
  refused([&] { replay({y, stranger}, {x}, {1.0}); }, "different tapes");
  refused([&] { replay(y, {stranger}, {1.0}); }, "x[0] is no variable");
}

BOOST_FIXTURE_TEST_CASE(tensors_and_given_slopes_are_refused, Two) {
  const TapeMark mark = tape.mark();
  const Scalar y = at(exp(stack({x, z})), {0});
  BOOST_TEST(refusal([&] { replay(y, {x}, {1.0}); }).find("cannot be recomputed") !=
             std::string::npos);
  tape.rewind(mark);
  const Scalar w = with_partials(2.0, {x}, {3.0});
  BOOST_TEST(refusal([&] { replay(w, {x}, {1.0}); }).find("cannot be recomputed") !=
             std::string::npos);
  tape.rewind(mark);
  const Scalar v = x * z, forgotten = v * v;
  BOOST_TEST(replay(v, {x}, {2.0}) == 1.5);
  tape.rewind(mark);
  BOOST_TEST(refusal([&] { replay(forgotten, {x}, {1.0}); }).find("was forgotten") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_replay_has_moved_is_recorded_no_further) {
  Tape tape;
  const Scalar x = tape.variable(2.0), one = tape.variable(1.0), y = x * x;
  replay(y, {x}, {3.0});
  const std::string text =
      "[sin] operand 0 is 4, and since a replay its node is 9: record before replaying, or record "
      "anew";
  BOOST_TEST(refusal([&] { Scalar(sin(y)); }) == text);
  BOOST_TEST(gradient(Scalar(sin(one)), one) == std::cos(1.0));  // stands where it stood
  replay(y, {x}, {2.0});
  BOOST_TEST(gradient(Scalar(sin(y)), x) == std::cos(4.0) * 4);
  replay(y, {x}, {3.0});
  tape.clear();
  const Scalar z = tape.variable(5.0);
  BOOST_TEST(gradient(Scalar(z * z), z) == 10);
}

BOOST_AUTO_TEST_CASE(a_piece_is_preaccumulated_where_the_tape_stands) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const TapeMark mark = tape.mark();
  const Scalar y = x * x * x;
  replay(y, {x}, {3.0});
  std::vector<Scalar> ys{y};
  preaccumulate(tape, mark, {x}, ys);
  BOOST_TEST(ys[0].value() == 27);
  BOOST_TEST(gradient(Scalar(ys[0] * ys[0]), x) == 2 * 27 * 27);
}

BOOST_AUTO_TEST_CASE(comparisons_are_noted_while_another_tape_cases) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  bool above = false;
  {
    const Tape other;
    above = x > 1;
  }
  const Scalar y = above ? Scalar(x * x) : Scalar(-x);
  BOOST_TEST(refusal([&] { replay(y, {x}, {0.5}); }).find("would branch otherwise") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(comparisons_in_a_pause_are_not_noted) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  {
    const PauseRecording pause;
    BOOST_TEST((x > 1));
    const Tape inner;
    BOOST_TEST((x > 1));
  }
  BOOST_TEST(tape.comparisons().empty());
  const Scalar y = x * x;
  const Tape inner;
  tape.stop();
  BOOST_TEST((x > 1));
  BOOST_TEST(tape.comparisons().empty());
  BOOST_TEST(replay(y, {x}, {0.5}) == 0.25);
}

BOOST_AUTO_TEST_CASE(a_scalar_that_a_replay_moved_is_not_compared) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const Scalar y = x * x;
  replay(y, {x}, {3.0});
  BOOST_TEST(refusal([&] { (void)(x > 2.5); }) ==
             "[compare] operand 0 is 2, and since a replay its node is 3: record before replaying, "
             "or record anew");
  BOOST_TEST(replay(y, {x}, {4.0}) == 16);
}

BOOST_AUTO_TEST_CASE(a_replay_without_results_moves_the_tape) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const Scalar y = x * x;
  replay(std::vector<Scalar>{}, {x}, {5.0});
  BOOST_TEST(replayed(y) == 25);
}

BOOST_AUTO_TEST_CASE(after_a_replay_drawings_show_the_numbers_of_the_tape) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const Scalar y = x * x;
  replay(y, {x}, {3.0});
  std::ostringstream out;
  write_text(out, y, {.values = true});
  BOOST_TEST(out.str().find("value 9") != std::string::npos, out.str());
}

BOOST_AUTO_TEST_CASE(plain_numbers_among_the_results_stay_what_they_are) {
  Tape tape;
  const Scalar x = tape.variable(2.0), y = x * x, plain = 7.0;
  const std::vector<double> values = replay({plain, y, plain}, {x}, {3.0});
  BOOST_TEST(values == (std::vector<double>{7, 9, 7}), boost::test_tools::per_element());
  BOOST_TEST(replay(plain, {x}, {4.0}) == 7);
  BOOST_TEST(replayed(y) == 16);  // the tape moved all the same
  BOOST_TEST(replay(std::vector<Scalar>{plain}, {}, {})[0] == 7);
  // The branch that led to it is checked.
  Tape other;
  const Scalar w = other.variable(2.0), chosen = w > 1 ? 5.0 : 6.0;
  BOOST_TEST(replay(chosen, {w}, {3.0}) == 5);
  BOOST_CHECK_THROW(replay(chosen, {w}, {0.5}), Error);
}
