// Memory against time of checkpoint_sequential: one gradient of a deep MLP with respect to all its
// parameters, plain and in segments.
//
// 64 layers of Linear(512, 512) and tanh, a batch of 8192: a layer's activations take 16 MiB, its
// parameters 1 MiB and their gradient as much, so that activations are what a training step of this
// kind lives on. Counted is what the allocator hands out beyond what lives before the step, which
// is parameters and input: activations, adjoints, temporaries, and the gradients, 64 MiB in both
// runs. A gradient that retains the graph holds every border until its tape dies; both ways are
// shown.
//
//   checkpoint_bench [batch] [rounds]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "nn/nn.h"

using namespace tapestry;

namespace {

constexpr std::int64_t kWidth = 512;
constexpr int kLayers = 64;

struct Cost {
  double seconds = 0;       // the least of the rounds
  std::size_t peak = 0;     // bytes beyond what lived before
  std::size_t forward = 0;  // bytes that the tape holds when the forward pass is done
  std::vector<Tensor> gradients;
};

Cost measure(const Function& f, const std::vector<nn::Parameter>& parameters, const Tensor& x,
             bool retain_graph, int rounds) {
  Cost cost{.seconds = 1e300};
  for (int round = 0; round < rounds + 1; ++round) {  // the first warms the allocator's lists
    cost.gradients.clear();
    const std::size_t before = memory_stats().live_bytes;
    reset_peak_memory();
    const auto start = std::chrono::steady_clock::now();
    {
      Tape tape;
      const Tensor loss = mean(square(f(x)));
      cost.forward = memory_stats().live_bytes - before;
      cost.gradients = gradient(loss, parameters, {.retain_graph = retain_graph});
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (round > 0) cost.seconds = std::min(cost.seconds, took.count());
    cost.peak = memory_stats().peak_bytes - before;
  }
  return cost;
}

bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& p, const Tensor& q) {
    return p.shape() == q.shape() &&
           std::memcmp(p.data<float>(), q.data<float>(),
                       sizeof(float) * static_cast<std::size_t>(p.size())) == 0;
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t batch = argc > 1 ? std::atoll(argv[1]) : 8192;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 2;
  Rng rng(1);
  nn::Sequential net;
  for (int i = 0; i < kLayers; ++i)
    net.append(nn::Sequential{nn::Linear(kWidth, kWidth, rng), nn::Tanh()});
  const std::vector<nn::Parameter> parameters = net.parameters();
  const Tensor x = randn({batch, kWidth}, rng);

  fmt::print("{} layers of Linear({}, {}) and tanh, batch {}\n", kLayers, kWidth, kWidth, batch);
  fmt::print("{:28} {:>12} {:>12} {:>8} {:>8} {:>8}\n", "", "forward MiB", "peak MiB", "of plain",
             "seconds", "of plain");
  constexpr double kMiB = 1 << 20;
  Cost plain;
  const auto show = [&](std::string_view name, const Cost& cost) {
    fmt::print("{:28} {:12.1f} {:12.1f} {:8.3f} {:8.3f} {:8.3f}{}\n", name, cost.forward / kMiB,
               cost.peak / kMiB, static_cast<double>(cost.peak) / static_cast<double>(plain.peak),
               cost.seconds, cost.seconds / plain.seconds,
               same_bits(cost.gradients, plain.gradients) ? "" : "  OTHER GRADIENTS");
  };
  for (bool retain_graph : {true, false}) {
    const std::string_view how = retain_graph ? "retained" : "released";
    plain = measure([&](const Tensor& u) { return net(u); }, parameters, x, retain_graph, rounds);
    show(fmt::format("plain, {}", how), plain);
    for (std::int64_t segments : {4, 8, 12})
      show(fmt::format("{} segments, {}", segments, how),
           measure(nn::checkpoint_sequential(net, segments), parameters, x, retain_graph, rounds));
  }
}
