// Rewinding forgets what was recorded since a mark, and nothing else.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <thread>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

struct Two {
  Tape tape;
  Scalar x = tape.variable(1.25, "x"), z = tape.variable(0.75, "z");
};

// Pages of this process in memory.
long resident() {
  std::ifstream file("/proc/self/statm");
  long all = 0, here = 0;
  file >> all >> here;
  return here;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_loop_that_rewinds_needs_no_memory, Two) {
  const TapeMark mark = tape.mark();
  long before = 0;
  double sum = 0;
  for (int i = 0; i < 1000000; ++i) {
    if (i == 1000) before = resident();
    Scalar y = x;
    // Two loops whose kernels take turns, each with a sequence of its own.
    for (int k = 0; k < 4; ++k) {
      y = y * z;
      y = sin(y) + x;
    }
    for (int k = 0; k < 4; ++k) {
      y = y - z;
      y = y * y * x;
      y = y / 2;
    }
    sum += y.value();
    tape.rewind(mark);
  }
  BOOST_TEST(std::isfinite(sum));
  BOOST_TEST(tape.size() == 2u);
  BOOST_TEST(resident() - before < 2048);
}

BOOST_FIXTURE_TEST_CASE(tensors_names_constants_and_comparisons_since_are_forgotten, Two) {
  const Scalar early = x * z;
  const bool above = x > z;
  BOOST_TEST(above);
  const TapeMark mark = tape.mark();
  const std::size_t spans = tape.span_count();
  for (int i = 0; i < 3; ++i) {
    const Scalar half = 0.5, w = early * half;
    tape.set_name(w, "w");
    BOOST_TEST((w < x));
    Tensor t = stack({w, x});
    for (int k = 0; k < 100; ++k) t = exp(-t) * t;
    const Scalar y = at(t, {1}) + w;
    BOOST_TEST(gradient(y, z) != 0);
    BOOST_TEST(tape.comparisons().size() == 2u);
    tape.rewind(mark);
    BOOST_TEST(tape.size() == 3u);
    BOOST_TEST(tape.span_count() == spans);
    BOOST_TEST(tape.comparisons().size() == 1u);
    BOOST_TEST(memory_report(tape).bytes == 0);
    verify(tape);
    const Scalar again = early + half;  // the constant is made anew
    BOOST_TEST(tape.name(again.id()).empty());
    BOOST_TEST(tape.size() == 5u);
    BOOST_TEST(gradient(again, x) == 0.75);
    verify(tape);
    tape.rewind(mark);
  }
}

BOOST_FIXTURE_TEST_CASE(marks_that_no_longer_hold_are_refused, Two) {
  const TapeMark early = tape.mark();
  BOOST_TEST(gradient(Scalar(x * z) + x, x) == 1.75);
  const TapeMark late = tape.mark();
  tape.rewind(late);
  tape.rewind(early);
  BOOST_TEST(refusal([&] { tape.rewind(late); }).find("the tape was rewound") != std::string::npos);
  // Grown past it again, and not as it was.
  for (int i = 0; i < 5; ++i) Scalar(exp(x));
  BOOST_TEST(refusal([&] { tape.rewind(late); }).find("the tape was rewound past it") !=
             std::string::npos);
  verify(tape);
  tape.rewind(early);
  const Tensor t = tape.variable(ones({3})), u = exp(t), v = exp(u);
  BOOST_TEST(refusal([&] { tape.rewind(late); }).find("the tape was rewound past it") !=
             std::string::npos);
  verify(tape);
  tape.clear();
  BOOST_TEST(refusal([&] { tape.rewind(early); }).find("another recording") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(marks_within_a_sequence_hold, Two) {
  for (int keep = 1; keep < 40; ++keep) {
    tape.clear();
    x = tape.variable(1.25), z = tape.variable(0.75);
    Scalar s = x;
    double slope = 1, number = 1.25;
    int step = 0;
    const auto go = [&] {
      const int kind = step++ % 3;
      if (kind == 0) s = s * z, slope = slope * 0.75, number = number * 0.75;
      if (kind == 1) s = s + x * z, slope = slope + 0.75, number = number + 1.25 * 0.75;
      if (kind == 2) s = s * s, slope = 2 * number * slope, number = number * number;
    };
    for (int i = 0; i < keep; ++i) go();
    const TapeMark mark = tape.mark();
    const Scalar s_then = s;
    const double slope_then = slope, number_then = number;
    for (int round = 0; round < 3; ++round) {
      s = s_then, slope = slope_then, number = number_then, step = keep + round;
      for (int i = 0; i < 20; ++i) go();
      verify(tape);
      BOOST_TEST(s.value() == number);
      BOOST_TEST(gradient(s, x) == slope, boost::test_tools::tolerance(1e-12));
      tape.rewind(mark);
      verify(tape);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_thread_has_a_tape_of_its_own) {
  double slopes[2] = {};
  const auto work = [&](int which) {
    Tape tape;
    const Scalar x = tape.variable(1 + which);
    const TapeMark mark = tape.mark();
    for (int i = 0; i < 10000; ++i) {
      tape.rewind(mark);
      Scalar p = x;
      for (int k = 0; k < 3; ++k) p *= x;
      slopes[which] = gradient(p, x);
    }
  };
  std::thread first([&] { work(0); }), second([&] { work(1); });
  first.join(), second.join();
  BOOST_TEST(slopes[0] == 4);
  BOOST_TEST(slopes[1] == 32);
}

BOOST_AUTO_TEST_CASE(chains_may_start_the_tape) {
  Tape tape;
  const Scalar x = tape.variable(3.0);
  Scalar s = x;
  s += s * s;
  s *= x;
  s -= x;
  BOOST_TEST(gradient(s, x) == 2 * 3 + 3 * 9 - 1);
  Scalar p = x;
  for (int i = 0; i < 4; ++i) p *= p;
  BOOST_TEST(gradient(p, x) == 16 * std::pow(3.0, 15));
}

BOOST_AUTO_TEST_CASE(nodes_that_were_forgotten_are_refused) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const TapeMark mark = tape.mark();
  Scalar y = x;
  for (int i = 0; i < 200; ++i) y = y * 1.01;
  const Tensor t = exp(stack({y}));
  tape.rewind(mark);
  const std::string forgotten = "node 201 was forgotten: the tape was rewound to node 1";
  const auto refused = [&](auto f, std::string_view who) {
    BOOST_TEST(refusal(f) == fmt::format("[{}] {}", who, forgotten));
  };
  refused([&] { gradient(y, x); }, "gradient");
  refused([&] { gradient(x, y); }, "gradient");
  refused([&] { gradient(y, x, {.create_graph = true}); }, "gradient");
  refused([&] { gradient(y, x, {.allow_unused = true}); }, "gradient");
  refused([&] { explain_gradient(y, x); }, "explain_gradient");
  refused([&] { (void)(Stepwise(x) * Stepwise(y)); }, "mul");
  refused([&] { (void)(y < x); }, "compare");
  refused([&] { replay(y, {x}, {1.0}); }, "replay");
  BOOST_TEST(refusal([&] { t + 1.0; }).find("was forgotten") != std::string::npos);
  BOOST_TEST(refusal([&] { gradient(sum(t), x); }).find("was forgotten") != std::string::npos);
  BOOST_TEST(tape.size() == 1u);
  refused([&] { (void)Scalar(y * x); }, "mul");
  // A statement that continues a run is not looked at: sweeps refuse it, or the slope means
  // nothing.
  const Scalar run = x * x;
  BOOST_TEST(refusal([&] { gradient(y * y, x); }) ==
             "[tape] node 3 was recorded with a handle of node 201, which had been forgotten");
  (void)refusal([&] { gradient(y * x, x); });
  BOOST_TEST(gradient(run, x) == 4);
  BasicTape<float> other;
  const BasicScalar<float> u = other.variable(2.0f);
  const auto early = other.mark();
  const BasicScalar<float> v = u * u;
  other.rewind(early);
  BOOST_TEST(refusal([&] { (void)BasicScalar<float>(u * v); }) ==
             "[mul] node 2 was forgotten: the tape was rewound to node 1");
  BOOST_TEST(refusal([&] { gradient(v, u); }) ==
             "[gradient] node 2 was forgotten: the tape was rewound to node 1");
}
