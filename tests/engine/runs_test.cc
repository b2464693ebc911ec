// Statements whose kernels take turns lie in few spans, from which every statement can be had.
#include "engine/tape/runs.h"

#include <boost/test/unit_test.hpp>

#include "engine/tensor/rng.h"
#include "ops/ops.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

struct Two {
  Tape tape;
  Scalar x = tape.variable(1.25, "x"), z = tape.variable(0.75, "z");
};

// One of five kinds of statements; on scalars or on tensors of rank 0.
template <class T>
T step(int kind, const T& y, const T& x, const T& z) {
  switch (kind) {
    case 0:
      return y * z;
    case 1:
      return y + x * z;
    case 2:
      return sin(y);
    case 3:
      return y - 0.5 * x;
    default:
      return exp(-(y * y)) + z / 2;
  }
}

std::string_view root_of(int kind) {
  constexpr std::string_view names[] = {"mul", "add", "sin", "sub", "add"};
  return names[kind];
}

// Records the kinds as scalars and as tensors, and compares.
void check_sequence(const std::vector<int>& kinds) {
  Tape tape;
  const Scalar x = tape.variable(0.8), z = tape.variable(0.6);
  Scalar y = x;
  for (int kind : kinds) y = step(kind, y, x, z);
  verify(tape);
  BOOST_REQUIRE(tape.size() == kinds.size() + 2);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto id = static_cast<NodeId>(i + 3);
    const Run statement = tape.statement(id);
    BOOST_REQUIRE(statement.kernel->name == root_of(kinds[i]));
    BOOST_REQUIRE(tape.op_name(id) == root_of(kinds[i]));
    const auto operands = tape.operands(id);
    const NodeId before = i == 0 ? 1 : id - 1;
    BOOST_REQUIRE(operands[0] == before);
    if (kinds[i] == 1) BOOST_REQUIRE((operands[1] == 1u && operands[2] == 2u));
    if (kinds[i] == 3) BOOST_REQUIRE((operands[1] == 1u && statement.payload[0] == 0.5));
  }
  const std::vector<double> slopes = gradient(y, std::vector<Scalar>{x, z});

  Tape around;
  const Tensor u = around.variable(full({}, 0.8, DType::f64)),
               v = around.variable(full({}, 0.6, DType::f64));
  Tensor w = u;
  for (int kind : kinds) w = step(kind, w, u, v);
  const std::vector<Tensor> expected =
      gradient(w, std::vector<Tensor>{u, v}, {.allow_unused = true});
  const auto same = [](double a, double b) {
    BOOST_TEST(std::abs(a - b) <= 1e-11 * std::max(1.0, std::abs(b)), a << " is not " << b);
  };
  same(y.value(), w.item());
  for (std::size_t i = 0; i < 2; ++i) same(slopes[i], expected[i].item());
}

std::vector<int> cycle(const std::vector<int>& period, std::size_t length) {
  std::vector<int> kinds;
  for (std::size_t i = 0; i < length; ++i) kinds.push_back(period[i % period.size()]);
  return kinds;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_body_of_three_statements_is_one_span_after_its_first_rounds, Two) {
  Scalar y = x;
  for (int i = 0; i < 1000; ++i)
    for (int kind : {0, 1, 3}) y = step(kind, y, x, z);
  BOOST_TEST(tape.size() == 3002u);
  BOOST_TEST(tape.span_count() <= 8u);
  verify(tape);
}

BOOST_FIXTURE_TEST_CASE(nested_loops_are_few_spans_for_each_round_of_the_outer_one, Two) {
  Scalar y = x;
  for (int i = 0; i < 100; ++i) {
    y = sin(y);
    for (int k = 0; k < 30; ++k)
      for (int kind : {0, 3}) y = step(kind, y, x, z);
  }
  BOOST_TEST(tape.span_count() < 400u);  // the inner loop is learned once
  verify(tape);
  // In closed form: y' = cos(y), then 30 times y z - x / 2.
  double value = 1.25, slope = 1;
  for (int i = 0; i < 100; ++i) {
    slope *= std::cos(value);
    value = std::sin(value);
    for (int k = 0; k < 30; ++k) value = value * 0.75 - 0.5 * 1.25, slope = slope * 0.75 - 0.5;
  }
  BOOST_TEST(y.value() == value);
  BOOST_TEST(gradient(y, x) == slope, boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(a_sequence_may_break_off_anywhere) {
  for (const std::vector<int>& period :
       {std::vector{0, 1}, {0, 1, 3}, {0, 0, 1}, {2, 0, 0, 0, 3}, {0, 1, 0, 3}, {4, 3, 2, 1, 0}})
    for (std::size_t length = 1; length < 40; ++length) {
      std::vector<int> kinds = cycle(period, length);
      kinds.insert(kinds.end(), {4, 4, 2});
      const std::vector<int> again = cycle(period, 7);
      kinds.insert(kinds.end(), again.begin(), again.end());
      check_sequence(kinds);
    }
}

BOOST_AUTO_TEST_CASE(random_sequences_have_the_derivatives_of_tensors) {
  Rng rng(1);
  const auto below = [&](int n) { return static_cast<int>(n * rng.next_uniform()); };
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<int> kinds;
    while (kinds.size() < 150) {
      std::vector<int> period;
      for (int i = below(6); i >= 0; --i) period.push_back(below(5));
      const std::vector<int> piece = cycle(period, static_cast<std::size_t>(1 + below(40)));
      kinds.insert(kinds.end(), piece.begin(), piece.end());
    }
    check_sequence(kinds);
  }
}

// Each round has a plain number of its own among its leaves.
BOOST_FIXTURE_TEST_CASE(constants_do_not_break_up_a_loop, Two) {
  Scalar y = x;
  double value = 1.25, slope = 1;
  for (int i = 1; i <= 1000; ++i) {
    const Scalar plain = 1.0 / i;
    y = y * z;
    y = y + plain * x;
    value = value * 0.75 + 1.0 / i * 1.25, slope = slope * 0.75 + 1.0 / i;
  }
  BOOST_TEST(tape.span_count() < 500u);
  verify(tape);
  BOOST_TEST(y.value() == value);
  BOOST_TEST(gradient(y, x) == slope, boost::test_tools::tolerance(1e-13));
}

// An id that waits for a constant may be forgotten, and what comes in its place is recorded anew.
BOOST_FIXTURE_TEST_CASE(constants_are_their_own_after_a_rewind, Two) {
  const Tape::Mark mark = tape.mark();
  for (int round = 0; round < 3; ++round) {
    tape.rewind(mark);
    Scalar y = x;
    for (int i = 1; i <= 200; ++i) {
      if (i % 7 == 0) {  // forgets a statement and the constants before it, if they were new
        const Tape::Mark here = tape.mark();
        const Scalar forgotten = y * Scalar(1000.0 + round * 200 + i);
        BOOST_TEST(forgotten.id() > y.id());
        tape.rewind(here);
      }
      y = y + z * Scalar(round + 1.0 / i);
    }
    verify(tape);
    double slope = 0;
    for (int i = 1; i <= 200; ++i) slope += round + 1.0 / i;
    BOOST_TEST(gradient(y, z) == slope, boost::test_tools::tolerance(1e-13));
    BOOST_TEST(gradient(y, x) == 1);
  }
}

BOOST_FIXTURE_TEST_CASE(tensors_may_stand_between, Two) {
  Scalar y = x;
  double value = 1.25, slope = 1;
  for (int i = 0; i < 50; ++i) {
    for (int k = 0; k < i % 7; ++k) {
      y = y * z;
      y = y + x * z;
      value = value * 0.75 + 1.25 * 0.75, slope = slope * 0.75 + 0.75;
    }
    if (i % 3 == 0) {
      y = at(stack({y, z}) * 0.5, {0});
      value *= 0.5, slope *= 0.5;
    }
  }
  verify(tape);
  BOOST_TEST(y.value() == value);
  BOOST_TEST(gradient(y, x) == slope, boost::test_tools::tolerance(1e-13));
}

BOOST_FIXTURE_TEST_CASE(a_node_says_which_statement_it_is_at_every_id, Two) {
  Scalar y = x;
  std::vector<NodeId> products;
  for (int i = 0; i < 200; ++i) {
    y = y * z;
    products.push_back(y.id());
    y = y + 1;
    if (i % 17 == 0) y = exp(-y);
  }
  for (NodeId id : products) {
    BOOST_TEST(tape.op_name(id) == "mul");
    BOOST_TEST(tape.operands(id).size() == 2u);
    BOOST_TEST(tape.operands(id)[1] == z.id());
    BOOST_TEST(tape.op_name(id + 1) == "add");
    BOOST_TEST(tape.attributes_text(id + 1) == "z=1");
  }
}

// A sweep that records puts statements behind the spans that it still goes through.
BOOST_AUTO_TEST_CASE(settled_spans_are_joined_no_more) {
  static constexpr KernelOf<double> kernels[] = {{{"even", 1, 0}}, {{"odd", 1, 0}}};
  const auto spans = [](NodeId settled) {
    detail::Runs runs(std::size_t{1} << 20, 0);
    for (NodeId id = 1; id <= 8; ++id) {
      runs.put(kernels[id % 2], id, id - 1, 0);
      if (id == settled) runs.settle();
    }
    std::vector<NodeId> firsts;
    for (std::size_t i = 0; i < runs.size(); ++i) firsts.push_back(runs[i].first);
    return firsts;
  };
  BOOST_TEST(spans(0) == (std::vector<NodeId>{1, 2}));
  BOOST_TEST(spans(3) == (std::vector<NodeId>{1, 2, 3, 4, 5}));
}
