// Tensors so small that recording is all there is to time.
#include "tests/bench/side_by_side/torch/rows.h"

namespace side_by_side {

namespace {

constexpr int kOperations = 100;

template <class F>
Prepared recorded(F f) {
  const Tensor x = input(1, {2, 2}).requires_grad_(true), z = input(2, {2, 2}).requires_grad_(true);
  return keeping([x, z, f] {
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
    torch::nn::Sequential net{torch::nn::Linear(2, 2), torch::nn::ReLU(), torch::nn::Linear(2, 2),
                              torch::nn::ReLU()};
    Values parameters = net->parameters();
    torch::optim::SGD sgd{parameters, torch::optim::SGDOptions(0.01)};
    Tensor x = torch::tensor({{0.25F, 0.65F}}), target = torch::tensor({{0.99F, 0.01F}});
  };
  const auto state = std::make_shared<State>();
  for (std::size_t i = 0; i < state->parameters.size(); ++i)
    state->parameters[i].data().copy_(input(10 + i, state->parameters[i].sizes(), 0.4, 0.5));
  return keeping([state] {
    const Tensor loss =
        0.5 * torch::sum(torch::square(state->net->forward(state->x) - state->target));
    state->sgd.zero_grad();
    loss.backward();
    state->sgd.step();
    Values results;
    for (const Tensor& p : state->parameters) results.push_back(p.grad());
    results.push_back(loss.detach());
    return results;
  });
}

}  // namespace

void add_small_rows(Rows& rows) {
  rows["record_add"] = [] {
    return recorded([](const Tensor& x, const Tensor& z) { return x + z; });
  };
  rows["record_matmul"] = [] {
    return recorded([](const Tensor& x, const Tensor& z) { return torch::matmul(x, z); });
  };
  rows["chain_100"] = chain;
  rows["tutorial_step"] = tutorial_step;
}

}  // namespace side_by_side
