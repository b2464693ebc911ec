// Scalars of other numbers than double: the same code, on tapes of their own.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

template <class T>
T slope_at(double at) {
  BasicTape<T> tape;
  const BasicScalar<T> x = tape.variable(static_cast<T>(at));
  BasicScalar<T> y = 0;
  for (int i = 1; i < 5; ++i) y += i * x * x / (1 + fmax(x, 0));
  y *= 2;
  y -= 1;
  return gradient(y, x);
}

}  // namespace

BOOST_AUTO_TEST_CASE(code_over_the_number_type_needs_no_exception_for_double) {
  const double expected = 2 * 10 * 0.5 * (2 + 0.5) / (1.5 * 1.5);
  BOOST_TEST(slope_at<double>(0.5) == expected, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(slope_at<float>(0.5) == static_cast<float>(expected),
             boost::test_tools::tolerance(1e-6f));
  BOOST_TEST(slope_at<Lanes>(0.5)[7] == expected, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(slope_at<Dual>(0.5).value == expected, boost::test_tools::tolerance(1e-15));
  Tape outer;
  BOOST_TEST(slope_at<Scalar>(0.5).value() == expected, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(every_node_of_a_chain_of_them_has_an_adjoint) {
  BasicTape<float> tape;
  std::vector<BasicScalar<float>> chain = {tape.variable(2.0f)};
  for (int i = 0; i < 6; ++i) chain.push_back(chain.back() * 3);
  chain.push_back(chain.back() + chain[0]);
  const std::vector<float> slopes = gradient(chain.back(), chain);
  BOOST_TEST(slopes == (std::vector<float>{730, 243, 81, 27, 9, 3, 1, 1}));
}

BOOST_AUTO_TEST_CASE(numbers_that_no_tape_follows_are_recorded_nowhere) {
  BasicTape<float> tape;
  const BasicScalar<float> x = tape.variable(2.0f), two = 2, half = 0.5;
  BOOST_TEST(!BasicScalar<float>(two * half + 1).is_tracked());
  BOOST_TEST(tape.size() == 1u);
  BOOST_TEST(!BasicScalar<float>(detach(x) * two).is_tracked());
  const BasicScalar<float> y = x * half;
  BOOST_TEST(gradient(y, x) == 0.5f);
  tape.stop();
  BOOST_TEST(!BasicScalar<float>(x * half).is_tracked());
  BOOST_TEST(gradient(y, x) == 0.5f);
}

BOOST_AUTO_TEST_CASE(tapes_of_them_nest_are_cleared_and_rewound_like_others) {
  BasicTape<float> outer;
  const BasicScalar<float> x = outer.variable(2.0f);
  {
    BasicTape<float> inner;
    const BasicScalar<float> u = inner.variable(3.0f);
    BOOST_TEST(refusal([&] { BasicScalar<float>(u * x); }) ==
               "[mul] operand 1 is a scalar of another tape: scalars of one type do not nest, "
               "those over active scalars do");
    BOOST_TEST(gradient(u * detach(x), u) == 2.0f);
    BOOST_TEST(outer.size() == 1u);
  }
  const auto mark = outer.mark();
  for (int i = 0; i < 3; ++i) {
    outer.rewind(mark);
    BasicScalar<float> y = x;
    for (int k = 0; k < 10; ++k) y = y * x + 1;
    BOOST_TEST(outer.size() == 11u);
    BOOST_TEST(gradient(y, x) > 0);
  }
  auto early = std::make_unique<BasicTape<float>>();
  const BasicTape<float> late;
  early.reset();
  const BasicScalar<float> gone = late.size() == 0 ? 2 : 0;
  outer.clear();
  BOOST_TEST(refusal([&] { (void)(gradient(gone + x, x)); }) ==
             "[add] a handle was recorded on a tape that no longer lives or was cleared; use its "
             "numbers through "
             "detach(), "
             "or put it on the new tape with tape.variable()");
}

BOOST_AUTO_TEST_CASE(each_thread_has_its_own_tapes_of_them) {
  std::vector<float> slopes(2);
  const auto work = [&](std::size_t k) {
    for (int round = 0; round < 100; ++round) {
      BasicTape<float> tape;
      const BasicScalar<float> x = tape.variable(static_cast<float>(k + 1));
      BasicScalar<float> y = x;
      for (int i = 0; i < 100; ++i) y = y * 0.5f + x;
      slopes[k] = gradient(y * x, x);
    }
  };
  std::thread first([&] { work(0); }), second([&] { work(1); });
  first.join();
  second.join();
  BOOST_TEST(slopes[0] == 4.0f, boost::test_tools::tolerance(1e-6f));
  BOOST_TEST(slopes[1] == 8.0f, boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_differentiated_is_refused) {
  BasicTape<float> tape;
  const BasicScalar<float> x = tape.variable(2.0f), z = tape.variable(3.0f);
  const BasicScalar<float> y = x * x;
  BOOST_TEST(refusal([&] { (void)(gradient(y, z)); }) ==
             "[gradient] y (node 3) does not depend on x[0] (node 2)");
  BOOST_TEST(refusal([&] { (void)(gradient(BasicScalar<float>(1), x)); }) ==
             "[gradient] y is not recorded on a tape");
  BOOST_TEST(refusal([&] { (void)(gradient(y, BasicScalar<float>(1))); }) ==
             "[gradient] x[0] is not recorded on the tape of y");
  BOOST_TEST(gradient(y, x) == 4);
}

namespace {

template <class N>
void check_limits() {
  using Limits = std::numeric_limits<N>;
  BOOST_TEST(Limits::is_specialized);
  BOOST_TEST(Limits::digits == std::numeric_limits<double>::digits);
  const auto below = [](const N& a, const N& b) { return detail::agreed(a < b); };
  BOOST_TEST(below(Limits::lowest(), N(-1e300)));
  BOOST_TEST(below(N(1e300), Limits::max()));
  BOOST_TEST(below(N(0), Limits::min()));
  BOOST_TEST(below(N(1), N(N(1) + Limits::epsilon())));
  BOOST_TEST(below(Limits::max(), Limits::infinity()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(limits_are_those_of_the_number) {
  check_limits<Scalar>();
  check_limits<Lanes>();
  check_limits<Dual>();
  check_limits<BasicScalar<Lanes>>();
  check_limits<BasicScalar<Dual>>();
  check_limits<BasicScalar<Scalar>>();
  BOOST_TEST(std::numeric_limits<BasicScalar<float>>::max().value() ==
             std::numeric_limits<float>::max());
}

BOOST_AUTO_TEST_CASE(duals_and_lanes_have_the_operators_of_numbers) {
  Dual x(3.0, Lanes(1.0));
  x *= x;
  x -= 1;
  x /= 2;
  BOOST_TEST(x.value == 4);
  BOOST_TEST(x.tangent[5] == 3);
  Lanes a(1);
  a.set(2, -1);
  BOOST_TEST(where(a < 0 || a > 5, Lanes(7), fmax(a, 2))[2] == 7);
  BOOST_TEST(fmin(a, 0.5)[0] == 0.5);
}

BOOST_AUTO_TEST_CASE(scalars_count) {
  Tape tape;
  Scalar x = tape.variable(2.5);
  const Scalar at = x++;
  BOOST_TEST(at.value() == 2.5);
  BOOST_TEST((++x).value() == 4.5);
  BOOST_TEST((x--).value() == 4.5);
  BOOST_TEST((--x).value() == 2.5);
  BOOST_TEST(gradient(x * x, at) == 5);
}

BOOST_AUTO_TEST_CASE(a_pause_reaches_tapes_of_every_number) {
  Tape outer;
  BasicTape<float> tape;
  BasicTape<Scalar> inner;
  const Scalar a = outer.variable(2.0);
  const BasicScalar<float> x = tape.variable(2.0f);
  const BasicScalar<Scalar> u = inner.variable(a);
  {
    const PauseRecording pause;
    BOOST_TEST(!BasicScalar<float>(x * x).is_tracked());
    BOOST_TEST(!BasicScalar<Scalar>(u * u).is_tracked());
    BOOST_TEST(!Scalar(a * a).is_tracked());
    const BasicTape<float> begun;  // records until it dies
    BOOST_TEST(BasicTape<float>::recording() == &begun);
  }
  BOOST_TEST(gradient(x * x, x) == 4);
  BOOST_TEST(gradient(gradient(u * u * u, u), a) == 12);
}

BOOST_AUTO_TEST_CASE(a_tape_that_dies_in_a_pause_records_no_more) {
  auto early = std::make_unique<BasicTape<float>>();
  const BasicTape<float> late;
  {
    const PauseRecording pause;
    early.reset();
  }
  BOOST_TEST(BasicTape<float>::recording() == &late);
}

BOOST_AUTO_TEST_CASE(a_mark_that_the_tape_grew_past_anew_is_refused) {
  BasicTape<float> tape;
  const BasicScalar<float> x = tape.variable(2.0f);
  const auto early = tape.mark();
  BasicScalar<float> y = x * x;
  const auto late = tape.mark();
  tape.rewind(early);
  y = x + 1;
  BOOST_TEST(refusal([&] { tape.rewind(late); }) ==
             "[rewind] the mark stands before node 3, and the tape was rewound past it since");
  tape.clear();
  BOOST_TEST(refusal([&] { tape.rewind(early); }) == "[rewind] the mark is of another recording");
}

#if !defined(__SANITIZE_THREAD__)  // which leaves a program little address space
BOOST_AUTO_TEST_CASE(thousands_of_tapes_may_live_at_once) {
  std::vector<std::unique_ptr<Tape>> tapes;
  std::vector<std::unique_ptr<BasicTape<Dual>>> duals;
  for (int i = 0; i < 1000; ++i) {
    tapes.push_back(std::make_unique<Tape>());
    duals.push_back(std::make_unique<BasicTape<Dual>>());
    const Scalar x = tapes.back()->variable(i);
    const BasicScalar<Dual> u = duals.back()->variable(Dual(i));
    BOOST_REQUIRE(gradient(x * x, x) == 2 * i);
    BOOST_REQUIRE(gradient(u * u, u).value == 2 * i);
  }
  while (tapes.size() > 1) tapes.pop_back();
  duals.clear();
  // What lives on has room as before.
  const Tape fresh;
  BOOST_TEST(fresh.storage().values.capacity() == std::size_t{1} << 32);
}
#endif

BOOST_AUTO_TEST_CASE(many_slopes_of_zero_are_found_in_one_walk) {
  BasicTape<float> tape;
  std::vector<BasicScalar<float>> xs;
  for (int i = 0; i < 100000; ++i) xs.push_back(tape.variable(-1.0f));
  BasicScalar<float> sum = 0;
  for (const auto& x : xs) sum += relu(x);
  BOOST_TEST(gradient(sum, xs) == std::vector<float>(xs.size()));
  xs.push_back(tape.variable(1.0f));
  BOOST_TEST(refusal([&] { gradient(sum, xs); }) ==
             "[gradient] y (node 200001) does not depend on x[100000] (node 200002)");
  const auto [first, last] = gradient(sum * xs[0] + xs[1], xs[0], xs[1]);
  BOOST_TEST(first == 0);
  BOOST_TEST(last == 1);
}

// Statements of few leaves fill no stream, others of the same ids may.
BOOST_AUTO_TEST_CASE(a_tape_that_starts_anew_looks_for_room_anew) {
  BasicTape<Dual> tape;
  for (bool cleared : {true, false}) {
    tape.variable(Dual(1));
    BOOST_TEST(tape.storage().roomy_until > 1);
    cleared ? tape.clear() : tape.rewind(tape.mark());
    BOOST_TEST(tape.storage().roomy_until == 0u);
  }
}
