// Checkpoints: the numbers of the plain run from fewer bytes.
#include <boost/test/unit_test.hpp>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

nn::Sequential deep_net(DType dtype) {
  Rng rng(3);
  nn::Sequential net;
  for (int i = 0; i < 5; ++i) {
    net.append(nn::Linear(6, 6, rng, {.dtype = dtype}));
    net.append(nn::Tanh());
  }
  return net;
}

// Gradients of a loss of f(x) with respect to x and the parameters.
std::vector<std::vector<double>> slopes(const Function& f, const Tensor& x,
                                        const std::vector<nn::Parameter>& parameters,
                                        bool retain_graph) {
  Tape tape;
  std::vector<Tensor> xs{tape.variable(x)};
  const Tensor loss = mean(square(f(xs[0])));
  for (const nn::Parameter& parameter : parameters) xs.push_back(parameter.tensor());
  std::vector<std::vector<double>> result;
  for (const Tensor& slope : gradient(loss, xs, {.retain_graph = retain_graph}))
    result.push_back(slope.to_vector());
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_number_of_segments_gives_the_bits_of_the_plain_run) {
  for (DType dtype : {DType::f32, DType::f64}) {
    const nn::Sequential net = deep_net(dtype);
    Rng rng(5);
    const Tensor x = randn({7, 6}, rng, dtype);
    const auto plain = slopes([&](const Tensor& u) { return net(u); }, x, net.parameters(), true);
    for (std::int64_t segments = 1; segments <= std::ssize(net.functions()); ++segments)
      for (bool retain_graph : {true, false})
        BOOST_TEST((slopes(nn::checkpoint_sequential(net, segments), x, net.parameters(),
                           retain_graph) == plain),
                   dtype << " in " << segments << " segments");
  }
}

BOOST_AUTO_TEST_CASE(what_functions_capture_gets_its_gradient) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.3, -0.7}, DType::f64)),
               w = tape.variable(tensor({1.5, 0.4}, DType::f64));
  const Function f = [&](const Tensor& u) { return tanh(u * w); };
  const std::vector<Function> functions{f, f, f, f};
  const std::vector<Tensor> plain = gradient(sum(f(f(f(f(x))))), std::vector{x, w});
  const std::vector<Tensor> again =
      gradient(sum(checkpoint_sequential(functions, 2)(x)), std::vector{x, w});
  for (std::size_t i = 0; i < plain.size(); ++i)
    BOOST_TEST(test::distance(again[i], plain[i]) < 1e-15);
}

BOOST_AUTO_TEST_CASE(an_argument_that_the_function_captures_too_gets_both_gradients) {
  const Tensor point = tensor({1.0, 2.0}, DType::f64);
  const auto slope_of = [&](const auto& layer) {
    Tape tape;
    const Tensor x = tape.variable(point);
    return gradient(sum(checkpoint([&](const Tensor& q) { return layer(q, x); })(x)), x);
  };
  const Tensor residual = slope_of([](const Tensor& q, const Tensor& x) { return tanh(q) + x; });
  BOOST_TEST(test::distance(residual, 2.0 - square(tanh(point))) < 1e-15);
  const Tensor captured = slope_of([](const Tensor& q, const Tensor& x) { return detach(q) * x; });
  BOOST_TEST(captured.to_vector() == (std::vector<double>{1, 2}));

  const Function squared = [](const Tensor& x) {
    const Tensor h = x * 2.0;  // which is no leaf
    return sum(checkpoint([h](const Tensor& q) { return q * h; })(h));
  };
  BOOST_TEST(test::distance(grad(squared)(point), 8.0 * point) < 1e-15);
  BOOST_TEST(test::distance(hessian(squared, point), 8.0 * eye(2, DType::f64)) < 1e-15);

  Tape tape;
  const Tensor x = tape.variable(tensor(3.0, DType::f64));
  const Tensor slope =
      gradient(checkpoint([x](const Tensor& q) { return q * x; })(x), x, {.create_graph = true});
  BOOST_TEST(slope.item() == 6);
  BOOST_TEST(gradient(slope, x).item() == 2);
  const Function layer = [x](const Tensor& y) { return y * x; };
  BOOST_TEST(gradient(checkpoint_sequential({layer, layer, layer}, 3)(x), x).item() == 4 * 27);
}

BOOST_AUTO_TEST_CASE(parameters_get_their_gradients_on_a_tape_within_another) {
  const nn::Sequential net = deep_net(DType::f64);
  Rng rng(5);
  const Tensor x = randn({7, 6}, rng, DType::f64);
  const Function plain = [&](const Tensor& u) { return net(u); };
  const auto slopes_within = [&](const Function& f) {
    Tape tape;
    std::vector<Tensor> around;
    for (const nn::Parameter& parameter : net.parameters()) around.push_back(parameter.tensor());
    Tensor total = zeros({}, DType::f64);
    {
      Tape inner;
      const Tensor loss = mean(square(f(x)));
      for (const Tensor& slope : gradient(loss, net.parameters()))
        total = total + sum(slope * slope);
    }
    std::vector<Tensor> result{detach(total)};
    for (const Tensor& slope : gradient(total, around)) result.push_back(slope);
    return result;
  };
  const std::vector<Tensor> expected = slopes_within(plain), got = slopes_within(checkpoint(plain));
  BOOST_TEST(expected[0].item() > 0);
  for (std::size_t i = 0; i < expected.size(); ++i)
    BOOST_TEST(test::distance(got[i], expected[i]) < 1e-14);
}

BOOST_AUTO_TEST_CASE(every_segment_but_the_last_is_computed_twice) {
  constexpr int kFunctions = 11;
  std::vector<int> calls(kFunctions);
  std::vector<Function> functions;
  for (int i = 0; i < kFunctions; ++i)
    functions.emplace_back([&calls, i](const Tensor& u) {
      ++calls[static_cast<std::size_t>(i)];
      return tanh(u);
    });
  Tape tape;
  const Tensor x = tape.variable(tensor({0.3}));
  const Tensor y = checkpoint_sequential(functions, 3)(x);
  BOOST_TEST(calls == std::vector<int>(kFunctions, 1), boost::test_tools::per_element());
  gradient(y, x);
  // In segments of 5, 4 and 2.
  std::vector<int> expected(kFunctions, 2);
  expected[9] = expected[10] = 1;
  BOOST_TEST(calls == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_borders_are_held_between_the_passes_and_one_segment_within) {
  constexpr std::int64_t kElements = 1 << 16, kSegments = 6;
  const std::vector<Function> functions(36, [](const Tensor& u) { return tanh(u); });
  Tape tape;
  const std::size_t empty = memory_stats().live_bytes;
  const Tensor x = tape.variable(ones({kElements}));
  const std::size_t before = memory_stats().live_bytes, each = before - empty;
  reset_peak_memory();
  const Tensor y = checkpoint_sequential(functions, kSegments)(x);
  // The inputs of segments 2 to 5, and what the last of 9, 8, 7, 5, 4 and 3 functions saved.
  const std::size_t held = memory_stats().live_bytes - before;
  BOOST_TEST(held >= 7 * each);
  BOOST_TEST(held <= 8 * each);
  gradient(y, x, {.cotangent = ones({kElements}), .retain_graph = false});
  BOOST_TEST(memory_stats().peak_bytes - before <= 14 * each);  // plain: 38
}

BOOST_AUTO_TEST_CASE(higher_order_and_forward_mode_pass_through_segments) {
  const Tensor point = tensor({0.3, -0.7, 1.1}, DType::f64);
  const Function step = [](const Tensor& u) { return tanh(u) * u; };
  const Function plain = [&](const Tensor& x) { return sum(step(step(step(x)))); };
  const Function again = [&](const Tensor& x) {
    return sum(checkpoint_sequential({step, step, step}, 3)(x));
  };
  BOOST_TEST(test::distance(hessian(again, point), hessian(plain, point)) < 1e-14);
  BOOST_TEST(test::distance(jvp(again, point, point).second, jvp(plain, point, point).second) <
             1e-15);
  const auto twice = [&](const Function& f) {
    Tape tape;
    const Tensor x = tape.variable(point);
    return gradient(sum(square(gradient(f(x), x, {.create_graph = true}))), x);
  };
  BOOST_TEST(test::distance(twice(again), twice(plain)) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_number_of_segments_that_cannot_be_is_refused) {
  const std::vector<Function> functions(4, [](const Tensor& u) { return tanh(u); });
  for (std::int64_t segments : {-1, 0, 5})
    BOOST_TEST(refusal([&] { checkpoint_sequential(functions, segments); }) ==
               fmt::format("[checkpoint_sequential] {} segments of 4 functions; there must be at "
                           "least one, and each needs a function",
                           segments));
  BOOST_TEST(refusal([] { nn::checkpoint_sequential(nn::Sequential{}, 1); }) ==
             "[checkpoint_sequential] 1 segments of 0 functions; there must be at least one, and "
             "each needs a function");
}

BOOST_AUTO_TEST_CASE(what_is_drawn_is_drawn_again_when_it_is_computed_again) {
  Rng rng(3), noise(11);
  const nn::Sequential net{nn::Linear(6, 20, rng), nn::Dropout(0.5, Rng(4)), nn::Tanh(),
                           nn::Linear(20, 6, rng), nn::Dropout(0.3, Rng(5))};
  const Tensor x = randn({9, 6}, rng);
  // Of every way to draw, by generators of many places.
  const auto noisy = [&](const Tensor& u) {
    Rng local(17);
    Tensor y = u + randn(u.shape(), noise) * uniform(u.shape(), 0, 1, local);
    y = y + truncated_normal(u.shape(), -1, 1, noise) + gumbel({6}, local);
    y = y * static_cast<double>(permutation(5, noise)[0] + 1);
    return y * take(y, randint({6}, 0, 6, noise), 1) * noise.next_uniform();
  };
  const auto run = [&](bool checkpointed, bool retain_graph, bool nested) {
    noise = Rng(11);
    std::vector<Function> functions = net.functions();
    const nn::Dropout first(0.5, Rng(4)), second(0.3, Rng(5));  // from the start of their streams
    functions[1] = first;
    functions[4] = second;
    functions.emplace_back(noisy);
    Function f =
        checkpointed ? checkpoint_sequential(functions, 3) : checkpoint_sequential(functions, 1);
    if (checkpointed) f = checkpoint(f);
    if (nested) f = checkpoint([f](const Tensor& u) { return checkpoint(f)(u); });
    auto result = slopes(f, x, net.parameters(), retain_graph);
    result.push_back(randn({3}, noise).to_vector());  // the generator is where it was
    return result;
  };
  const auto plain = run(false, true, false);
  for (bool retain_graph : {true, false})
    for (bool nested : {true, false}) BOOST_TEST((run(true, retain_graph, nested) == plain));
}

BOOST_AUTO_TEST_CASE(second_derivatives_pass_through_what_is_drawn_again) {
  const Tensor x = tensor({0.3, -0.7, 1.1, 0.2}, DType::f64);
  const auto second = [&](bool checkpointed) {
    Rng rng(8);
    const Function f = [&](const Tensor& u) {
      return sum(square(u) * square(u) * randn(u.shape(), rng, DType::f64));
    };
    Tape tape;
    const Tensor v = tape.variable(x);
    const Tensor y = checkpointed ? checkpoint(f)(v) : f(v);
    const Tensor slope = gradient(y, v, {.create_graph = true});
    return gradient(sum(slope), v).to_vector();
  };
  BOOST_TEST(second(true) == second(false));
}

BOOST_AUTO_TEST_CASE(a_function_that_draws_otherwise_when_it_is_computed_again_is_refused) {
  const auto draws = [](std::int64_t first, std::int64_t again, std::uint64_t seed_again) {
    return refusal([=] {
      int calls = 0;
      Tape tape;
      const Tensor x = tape.variable(ones({3}));
      const Tensor y = checkpoint([&](const Tensor& u) {
        Rng rng(calls == 0 ? 1 : seed_again);
        return u * u * sum(randn({calls++ == 0 ? first : again}, rng));
      })(x);
      gradient(sum(y), x);
    });
  };
  BOOST_TEST(draws(4, 4, 1) == "");
  BOOST_TEST(draws(4, 2, 1) == "");
  BOOST_TEST(draws(0, 2, 1) ==
             "[checkpoint] the function draws 2 random numbers more when it is computed again; it "
             "must draw as it did the first time");
  BOOST_TEST(
      draws(4, 4, 2) ==
      "[checkpoint] the function draws 4 random numbers of seed 2 when it is computed again, "
      "where it drew 4 of seed 1; it must draw as it did the first time");
}

BOOST_AUTO_TEST_CASE(a_scalar_that_is_captured_is_refused_when_the_checkpoint_is_called) {
  Tape tape;
  const Tensor x = tape.variable(ones({3}));
  const Scalar s = tape.variable(2.0);
  BOOST_TEST(
      refusal([&] { checkpoint([&](const Tensor& u) { return u * s; })(x); }) ==
      "[checkpoint] the function captures a scalar that a tape follows, variable (node 2, ()), "
      "which cannot be followed when it is computed again; use a tensor of rank 0");
  BOOST_TEST(refusal([&] { checkpoint([&](const Tensor& u) { return u * s.value(); })(x); }) == "");
}
