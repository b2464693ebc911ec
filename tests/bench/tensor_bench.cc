// What recording and differentiating small tensor operations costs beyond their arithmetic.
#include <benchmark/benchmark.h>

#include "nn/nn.h"

using namespace tapestry;

namespace {

constexpr int kPerTape = 100;  // operations on a tape before it is cleared

// The time of one of `count` equal pieces of work in an iteration.
void report_each(benchmark::State& state, double count) {
  state.counters["each"] = benchmark::Counter(
      count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

Tensor two_by_two() { return tensor({{0.1, 0.2}, {0.3, 0.4}}); }

void record_add(benchmark::State& state) {
  Tape tape;
  for (auto _ : state) {
    state.PauseTiming();
    tape.clear();
    const Tensor a = tape.variable(two_by_two()), b = tape.variable(two_by_two());
    state.ResumeTiming();
    for (int i = 0; i < kPerTape; ++i) benchmark::DoNotOptimize(a + b);
  }
  report_each(state, static_cast<double>(kPerTape));
}
BENCHMARK(record_add);

void plain_add(benchmark::State& state) {
  const Tensor a = two_by_two(), b = two_by_two();
  for (auto _ : state) benchmark::DoNotOptimize(a + b);
  report_each(state, 1);
}
BENCHMARK(plain_add);

void record_matmul(benchmark::State& state) {
  Tape tape;
  for (auto _ : state) {
    state.PauseTiming();
    tape.clear();
    const Tensor a = tape.variable(two_by_two()), b = tape.variable(two_by_two());
    state.ResumeTiming();
    for (int i = 0; i < kPerTape; ++i) benchmark::DoNotOptimize(matmul(a, b));
  }
  report_each(state, static_cast<double>(kPerTape));
}
BENCHMARK(record_matmul);

// Forward and gradient of a chain of operations, per operation.
void chain_and_gradient(benchmark::State& state) {
  const Tensor start = two_by_two(), step = two_by_two();
  const auto length = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(start), c = tape.variable(step);
    Tensor y = x;
    for (int i = 0; i < length; ++i) y = i % 2 ? y * c : y + c;
    benchmark::DoNotOptimize(gradient(y, x, {.cotangent = start}));
  }
  report_each(state, static_cast<double>(length));
}
BENCHMARK(chain_and_gradient)->Arg(100)->Arg(10000)->Arg(1000000);
BENCHMARK(chain_and_gradient)->Arg(10000000)->Iterations(3);  // takes gigabytes

// One step of the tutorial's network: forward, loss, gradient, update.
void tutorial_step(benchmark::State& state) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 2, rng), nn::ReLU(), nn::Linear(2, 2, rng), nn::ReLU()};
  nn::SGD sgd(net.parameters(), {.lr = 1e-6});
  const std::vector<nn::Parameter> parameters = net.parameters();
  const Tensor x = tensor({{0.25, 0.65}}), target = tensor({{0.99, 0.01}});
  for (auto _ : state) {
    Tape tape;
    const Tensor loss = 0.5 * sum(square(net(x) - target));
    sgd.step(gradient(loss, parameters));
  }
  report_each(state, 1);
}
BENCHMARK(tutorial_step);

// Five elementwise operations over n floats, forward and gradient: bound by memory.
void elementwise_chain(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  Rng rng(1);
  const Tensor start = uniform({n}, 0.1, 1, rng);
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(start);
    benchmark::DoNotOptimize(gradient(sum(sqrt(exp(tanh(sin(x) * x)))), x));
  }
  report_each(state, static_cast<double>(n));
}
BENCHMARK(elementwise_chain)->Arg(1000)->Arg(100000)->Arg(10000000);

// One step of the MNIST network, 784-128-10, a batch of 64.
void mnist_step(benchmark::State& state) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(784, 128, rng), nn::ReLU(), nn::Linear(128, 10, rng)};
  nn::SGD sgd(net.parameters(), {.lr = 0.01, .momentum = 0.9});
  const std::vector<nn::Parameter> parameters = net.parameters();
  const Tensor x = uniform({64, 784}, 0, 1, rng);
  const Tensor labels = arange(64, DType::i64) - arange(64, DType::i64);
  for (auto _ : state) {
    Tape tape;
    sgd.step(gradient(nn::cross_entropy(net(x), labels), parameters));
  }
  report_each(state, 1);
}
BENCHMARK(mnist_step);

}  // namespace

BENCHMARK_MAIN();
