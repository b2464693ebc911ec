// Tensors so small that recording is all there is to time.
#include "tests/bench/side_by_side/tapestry/rows.h"

namespace side_by_side {

namespace {

constexpr int kOperations = 100;  // in a call

template <class F>
Prepared recorded(F f) {
  const Tensor a = input(1, {2, 2}), b = input(2, {2, 2});
  const auto tape = std::make_shared<Tape>();
  return keeping([tape, a, b, f] {
    tape->clear();
    const Tensor x = tape->variable(a), z = tape->variable(b);
    Tensor last;
    for (int i = 0; i < kOperations; ++i) last = f(x, z);
    return Values{last};
  });
}

Prepared chain() {
  return with_gradient({input(1, {2, 2}), input(2, {2, 2})}, [](const Values& xs) {
    Tensor y = xs[0];
    for (int i = 0; i < kOperations; ++i) y = i % 2 ? y * xs[1] : y + xs[1];
    return y;
  });
}

Prepared tutorial_step() {
  struct State {
    Rng rng{1};
    nn::Sequential net{nn::Linear(2, 2, rng), nn::ReLU(), nn::Linear(2, 2, rng), nn::ReLU()};
    nn::SGD sgd{net.parameters(), {.lr = 0.01}};
    std::vector<nn::Parameter> parameters = net.parameters();
    Tensor x = tensor({{0.25, 0.65}}), target = tensor({{0.99, 0.01}});
  };
  const auto state = std::make_shared<State>();
  for (std::size_t i = 0; i < state->parameters.size(); ++i)
    state->parameters[i].set(input(10 + i, state->parameters[i].shape(), 0.4, 0.5));
  return keeping([state] {
    Tape tape;
    const Tensor loss = 0.5 * sum(square(state->net(state->x) - state->target));
    Values results = gradient(loss, state->parameters);
    state->sgd.step(results);
    results.push_back(detach(loss));
    return results;
  });
}

}  // namespace

void add_small_rows(Rows& rows) {
  rows["record_add"] = [] {
    return recorded([](const Tensor& x, const Tensor& z) { return x + z; });
  };
  rows["record_matmul"] = [] {
    return recorded([](const Tensor& x, const Tensor& z) { return matmul(x, z); });
  };
  rows["chain_100"] = chain;
  rows["tutorial_step"] = tutorial_step;
}

}  // namespace side_by_side
