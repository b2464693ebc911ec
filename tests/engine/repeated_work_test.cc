// Work that is repeated on one tape costs the same each time: a recorded sweep passes nothing but
// what lies between x and y.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "engine/grad/plain_sweep.h"
#include "ops/ops.h"
#include "tests/ops/numbers/page.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

// The nodes that each round adds. The first one also makes the constants of all.
std::vector<std::size_t> growth(Tape& tape, const std::function<void()>& round, int rounds = 6) {
  std::vector<std::size_t> added;
  for (int i = 0; i < rounds; ++i) {
    const std::size_t before = tape.size();
    round();
    added.push_back(tape.size() - before);
  }
  return added;
}

bool is_constant(const std::vector<std::size_t>& added) {
  for (std::size_t i = 2; i < added.size(); ++i)
    if (added[i] != added[1]) return false;
  return added[1] <= added[0];
}

// Second derivatives, and then derivatives of these.
void differentiate(const Scalar& y, Scalar x) {
  const Scalar g = gradient(y, x, {.create_graph = true, .allow_unused = true});
  if (!g.is_tracked()) return;
  const Scalar h = gradient(g, x, {.create_graph = true, .allow_unused = true});
  if (h.is_tracked()) gradient(h, x, {.create_graph = true, .allow_unused = true});
}

}  // namespace

BOOST_AUTO_TEST_CASE(recorded_derivatives_of_scalars_add_as_many_nodes_each_time) {
  for (const bool with_tensors : {false, true})
    numbers::for_each_statement([&](auto f, std::size_t index) {
      const numbers::PageFunction& function = numbers::page_function(index);
      Tape tape;
      if (with_tensors) tape.variable(ones({2}));
      const Scalar x = tape.variable(function.x(1)), z = tape.variable(function.z(1));
      const std::vector<std::size_t> added = growth(tape, [&] { differentiate(f(x, z), x); });
      BOOST_TEST(is_constant(added), function.name << " " << added[1] << " " << added.back());
      BOOST_TEST(added[1] < 400u, function.name);
    });
}

BOOST_AUTO_TEST_CASE(small_functions_add_few) {
  const auto of = [](auto f) {
    Tape tape;
    const Scalar x = tape.variable(0.5);
    return growth(tape, [&] {
      const Scalar y = f(x);
      const Scalar g = gradient(y, x, {.create_graph = true});
      gradient(g, x, {.create_graph = true});
    });
  };
  for (const auto& added :
       {of([](Scalar x) { return Scalar(x * x); }), of([](Scalar x) { return Scalar(sin(x)); }),
        of([](Scalar x) { return Scalar(exp(x)); }), of([](Scalar x) { return Scalar(log(x)); }),
        of([](Scalar x) { return Scalar(1.0 / x); }),
        of([](Scalar x) { return Scalar(x * x * x); })}) {
    BOOST_TEST(is_constant(added));
    BOOST_TEST(added.back() <= 20u);
  }
}

BOOST_AUTO_TEST_CASE(a_recorded_sweep_leaves_out_what_is_not_asked_for) {
  Tape tape;
  const Scalar x = tape.variable(0.5), w = tape.variable(0.25);
  Scalar aside = w;
  for (int i = 0; i < 100; ++i) aside = sin(aside) * w;
  const Scalar y = x * aside;
  const NodeId before = tape.size();
  const Scalar slope = gradient(y, x, {.create_graph = true});
  BOOST_TEST(slope.value() == aside.value());
  BOOST_TEST(tape.size() - before <= 2u);
}

BOOST_AUTO_TEST_CASE(recorded_derivatives_of_tensors_add_as_many_nodes_each_time) {
  const std::vector<Function> functions{
      [](const Tensor& x) { return sum(sin(x) * x); },
      [](const Tensor& x) { return sum(1.0 / x); },
      [](const Tensor& x) { return sum(softmax(x) * x); },
      [](const Tensor& x) {
        return sum(matmul(reshape(x, {1, 3}), reshape(x, {3, 1})));
      },
      [](const Tensor& x) { return max(x) * sum(cumsum(x, 0)); },
      [](const Tensor& x) {
        return sum(take(x, tensor({0, 2, 0}, DType::i64)) * x);
      },
      [](const Tensor& x) {
        return checkpoint([x](const Tensor& u) { return sum(u * u * x); })(x);
      },
      [](const Tensor& x) { return sum(on_gradient(x * x, [](const Tensor& g) { return g; })); }};
  for (DType dtype : {DType::f32, DType::f64})
    for (std::size_t i = 0; i < functions.size(); ++i) {
      Tape tape;
      const Tensor x = tape.variable(tensor({0.5, 1.0, 1.5}, dtype));
      const std::vector<std::size_t> added = growth(tape, [&] {
        const Tensor g = gradient(functions[i](x), x, {.create_graph = true});
        const Tensor h = gradient(sum(g), x, {.create_graph = true});
        gradient(sum(h * x), x, {.create_graph = true});
      });
      BOOST_TEST(is_constant(added), i << " " << added[1] << " " << added.back());
    }
}

BOOST_AUTO_TEST_CASE(so_do_those_that_pass_between_scalars_and_tensors) {
  const std::vector<std::function<Scalar(const Tensor&, Scalar)>> functions{
      [](const Tensor& x, Scalar s) { return Scalar(at(x, {1}) * s * at(x, {0})); },
      [](const Tensor& x, Scalar s) { return at(exp(x * s), {2}); },
      [](const Tensor& x, Scalar s) {
        return at(sum(stack({s, s * s, s}) * x * x), {});
      },
      [](const Tensor& x, Scalar s) {
        Scalar total = 0;
        for (const Scalar& element : unstack(x * x)) total += element * s;
        return total;
      }};
  for (std::size_t i = 0; i < functions.size(); ++i) {
    Tape tape;
    const Tensor x = tape.variable(tensor({0.5, 1.0, 1.5}, DType::f64));
    const Scalar s = tape.variable(0.75);
    const std::vector<std::size_t> added = growth(tape, [&] {
      const Scalar y = functions[i](x, s);
      const auto [gx, gs] = gradient(y, x, s, {.create_graph = true});
      gradient(sum(gx) * s, x, {.create_graph = true, .allow_unused = true});
      gradient(gs, s, {.create_graph = true, .allow_unused = true});
    });
    BOOST_TEST(is_constant(added), i << " " << added[1] << " " << added.back());
  }
}

BOOST_AUTO_TEST_CASE(one_element_of_a_large_tensor_gives_back_one_tensor) {
  Tape tape;
  const Tensor x = tape.variable(ones({1000}, DType::f64));
  Scalar y = 0;
  for (int i = 0; i < 20; ++i) y = sin(y) + at(x, {i}) * at(x, {i});
  const NodeId before = tape.size();
  const Tensor slope = gradient(y, x, {.create_graph = true});
  BOOST_TEST(tape.size() - before < 200u);
  const std::vector<double> plain = gradient(y, x).to_vector();
  BOOST_TEST(slope.to_vector() == plain);
  BOOST_TEST(plain[20] == 0);
}

BOOST_AUTO_TEST_CASE(of_a_stack_only_what_is_asked_for_is_taken_out_again) {
  Tape tape;
  std::vector<Scalar> xs;
  for (int i = 0; i < 500; ++i) xs.push_back(tape.variable(0.5));
  const Tensor y = sum(square(stack(xs)));
  const NodeId before = tape.size();
  const Scalar slope = gradient(y, xs[3], {.create_graph = true});
  BOOST_TEST(slope.value() == 1);
  BOOST_TEST(tape.size() - before < 10u);
}

BOOST_AUTO_TEST_CASE(an_outer_tape_follows_a_walk_of_scalars_over_scalars_alike_each_time) {
  Tape outer;
  BasicTape<Scalar> inner;
  const Scalar at = outer.variable(0.5), beside = outer.variable(2.0);
  const BasicScalar<Scalar> x = inner.variable(at), w = inner.variable(beside);
  BasicScalar<Scalar> aside = w;
  for (int i = 0; i < 50; ++i) aside = sin(aside) * w;
  const std::vector<std::size_t> added = growth(outer, [&] {
    const BasicScalar<Scalar> y = sin(x * x) * aside;
    gradient(y, x);
  });
  BOOST_TEST(is_constant(added));
  BOOST_TEST(added.back() < 40u);
}

BOOST_AUTO_TEST_CASE(replacing_pieces_by_slopes_leaves_as_many_nodes_each_time) {
  Tape tape;
  const Scalar x = tape.variable(0.5), z = tape.variable(2.0);
  BOOST_TEST(is_constant(growth(tape, [&] {
    const TapeMark mark = tape.mark();
    std::vector<Scalar> ys{sin(x * z) * exp(x)};
    preaccumulate(tape, mark, {x, z}, ys);
    gradient(ys[0], x);
    jacobian(ys, {x, z});
  })));
}

// What is gone through between y and the lowest x, in nodes.
BOOST_AUTO_TEST_CASE(a_plain_sweep_goes_through_what_leads_to_y_and_little_else) {
  Tape tape;
  const Scalar x = tape.variable(0.5);
  std::vector<std::size_t> visited;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 10000; ++i) [[maybe_unused]] const Scalar aside = sin(x) * x;
    const Scalar y = sin(x) * exp(x);
    std::size_t nodes = 0;
    detail::for_needed<double>(
        tape.storage(), y.id(), x.id(), [](NodeId, NodeId) {},
        [&](NodeId from, NodeId to) { nodes += to - from + 1; });
    visited.push_back(nodes);
    const double expected = std::exp(0.5) * (std::sin(0.5) + std::cos(0.5));
    BOOST_TEST(gradient(y, x) == expected, boost::test_tools::tolerance(1e-15));
    const auto [dx, ds] = gradient(y, x, y);
    BOOST_TEST(dx == gradient(y, x));
    BOOST_TEST(ds == 1);
  }
  for (std::size_t nodes : visited) BOOST_TEST(nodes <= 128u);
  // Where all leads to y, all is gone through at once.
  Scalar chain = x;
  const NodeId first = tape.size() + 1;
  for (int i = 0; i < 10000; ++i) chain = chain * x;
  std::size_t stretches = 0;
  detail::for_needed<double>(
      tape.storage(), chain.id(), first, [](NodeId, NodeId) {},
      [&](NodeId from, NodeId) {
        BOOST_TEST(from == first);
        ++stretches;
      });
  BOOST_TEST(stretches == 1u);
}

BOOST_AUTO_TEST_CASE(the_part_that_a_sweep_passes_is_the_same_each_time) {
  Tape tape;
  const Scalar x = tape.variable(0.5);
  const Tensor t = tape.variable(tensor({1.0, 2.0}, DType::f64));
  std::vector<std::size_t> sizes;
  for (int round = 0; round < 5; ++round) {
    const Scalar y = sin(x) * at(exp(t * x), {1});
    const NodeId last = y.id(), first = x.id();
    sizes.push_back(detail::reach_of(tape, {&last, 1}, {&first, 1}).size());
    gradient(y, x, t, {.create_graph = true});
  }
  for (std::size_t size : sizes) BOOST_TEST(size == sizes[0]);
}
