// gradient with retain_graph = false.
#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// Which node is named depends on the graph.
std::string released(std::string_view node) {
  return fmt::format(
      "[gradient] {} was passed by an earlier gradient with retain_graph = false, which let go of "
      "what its derivative reads; only the last gradient of a graph may release it",
      node);
}

Tensor chain(Tensor x, int length) {
  for (int i = 0; i < length; ++i) x = tanh(x);
  return x;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_releasing_gradient_has_the_same_numbers) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.3, -0.7}));
  const Tensor y = sum(exp(x) * tanh(x));
  const std::vector<double> kept = gradient(y, x).to_vector();
  BOOST_TEST(gradient(y, x, {.retain_graph = false}).to_vector() == kept);
}

BOOST_AUTO_TEST_CASE(what_was_saved_is_freed_as_the_walk_passes) {
  constexpr int kLength = 20;
  constexpr std::int64_t kElements = 1 << 16;
  const std::size_t bytes = kElements * sizeof(float);
  for (bool retain : {true, false}) {
    Tape tape;
    const Tensor x = tape.variable(ones({kElements}));
    const std::size_t before = memory_stats().live_bytes;
    const Tensor y = chain(x, kLength);
    const std::size_t recorded = memory_stats().live_bytes;
    BOOST_TEST(recorded - before >= kLength * bytes);
    reset_peak_memory();
    const Tensor slope = gradient(y, x, {.cotangent = ones({kElements}), .retain_graph = retain});
    const MemoryStats after = memory_stats();
    if (retain) {
      BOOST_TEST(after.live_bytes >= recorded + bytes);
    } else {
      BOOST_TEST(after.live_bytes <= before + 3 * bytes);  // y and the slope
      BOOST_TEST(after.peak_bytes <= recorded + 4 * bytes);
    }
    verify(tape);
  }
}

BOOST_AUTO_TEST_CASE(a_second_gradient_through_what_was_released_is_refused) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.3, -0.7}));
  const Tensor shared = tanh(x);
  const Tensor y = sum(shared * shared), z = sum(exp(shared)), apart = sum(sin(x));
  gradient(y, x, {.retain_graph = false});
  for (bool retain : {true, false})
    BOOST_TEST(refusal([&] { gradient(y, x, {.retain_graph = retain}); }) ==
               released("mul (node 3)"));
  BOOST_TEST(refusal([&] { gradient(z, x); }) == released("tanh (node 2)"));
  BOOST_TEST(gradient(z, shared).to_vector() == exp(detach(shared)).to_vector());
  BOOST_TEST(gradient(apart, x).to_vector() == cos(detach(x)).to_vector());
  BOOST_TEST(
      refusal([&] { gradient(apart, x, {.create_graph = true, .retain_graph = false}); }) ==
      "[gradient] create_graph with retain_graph = false; derivatives of the result pass the "
      "same operations again, so these must be retained");
  BOOST_TEST(refusal([&] { adjoints(z); }) == released("tanh (node 2)"));
}

BOOST_AUTO_TEST_CASE(rules_of_the_users_are_released_too) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.3, -0.7}, DType::f64));
  const Tensor y = sum(checkpoint([](const Tensor& u) { return tanh(u) * u; })(x));
  gradient(y, x, {.retain_graph = false});
  BOOST_TEST(refusal([&] { gradient(y, x); }) == released("checkpoint (node 2)"));
}

BOOST_AUTO_TEST_CASE(an_inner_tape_releases_without_touching_the_outer) {
  Tape outer;
  const Tensor x = outer.variable(tensor({0.3, -0.7}, DType::f64));
  const Tensor h = tanh(x);
  Tensor slope;
  {
    Tape inner;
    const Tensor u = inner.variable(h);
    slope = gradient(sum(u * u * u), u, {.retain_graph = false});
  }
  // d/dx sum(3 tanh(x)^2), twice
  const Tensor expected = 6.0 * tanh(detach(x)) * (1.0 - square(tanh(detach(x))));
  for (int round = 0; round < 2; ++round)
    BOOST_TEST(test::distance(gradient(sum(slope), x), expected) < 1e-15);
}
