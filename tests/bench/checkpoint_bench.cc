// Memory against time of checkpoint_sequential: one gradient of a deep MLP with respect to all its
// parameters, plain and in segments.
//
// 64 layers of Linear(512, 512) and tanh, a batch of 16384: a layer's activations take 32 MiB, its
// parameters and their gradient 1 MiB each, so that activations are what the run lives on; and at
// this width a layer's time is its matrix products, where a narrow one spends as much on tanh.
// Counted is what the allocator hands out beyond what lives before the step, which is parameters
// and input: activations, adjoints, temporaries, and the gradients, the same in every run. Time is
// processor time, so that other work on the machine counts little; OMP_NUM_THREADS=1 leaves out
// waiting threads. A gradient that retains the graph holds what it passed until the tape dies;
// both ways are shown.
//
//   checkpoint_bench [width] [batch] [rounds] [segments]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "nn/nn.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

constexpr int kLayers = 64;

double mib(std::size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

struct Cost {
  double seconds = 1e300;  // the least of the rounds
  double peak = 0;         // MiB beyond what lived before
  double forward = 0;      // MiB that the tape holds when the forward pass is done
  std::vector<Tensor> gradients{};
};

Cost measure(const Function& f, const std::vector<nn::Parameter>& parameters, const Tensor& x,
             bool retain_graph, int rounds) {
  Cost cost;
  for (int round = 0; round < rounds + 1; ++round) {  // the first warms the allocator's lists
    cost.gradients.clear();
    const std::size_t before = memory_stats().live_bytes;
    reset_peak_memory();
    const std::clock_t start = std::clock();
    {
      Tape tape;
      const Tensor loss = mean(square(f(x)));
      cost.forward = mib(memory_stats().live_bytes - before);
      cost.gradients = gradient(loss, parameters, {.retain_graph = retain_graph});
    }
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (round > 0) cost.seconds = std::min(cost.seconds, took);
    cost.peak = mib(memory_stats().peak_bytes - before);
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
  const std::int64_t width = argc > 1 ? std::atoll(argv[1]) : 512;
  const std::int64_t batch = argc > 2 ? std::atoll(argv[2]) : 16384;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 1;
  const std::int64_t segments = argc > 4 ? std::atoll(argv[4]) : 8;
  Rng rng(1);
  nn::Sequential net;
  for (int i = 0; i < kLayers; ++i)
    net.append(nn::Sequential{nn::Linear(width, width, rng), nn::Tanh()});
  const std::vector<nn::Parameter> parameters = net.parameters();
  const Tensor x = randn({batch, width}, rng);

  fmt::print("{} layers of Linear({}, {}) and tanh, batch {}\n", kLayers, width, width, batch);
  fmt::print("{:28} {:>12} {:>12} {:>8} {:>8} {:>8}\n", "", "forward MiB", "peak MiB", "of plain",
             "seconds", "of plain");
  Cost plain;
  const auto show = [&](std::string_view name, const Cost& cost) {
    fmt::print("{:28} {:12.1f} {:12.1f} {:8.3f} {:8.3f} {:8.3f}{}\n", name, cost.forward, cost.peak,
               cost.peak / plain.peak, cost.seconds, cost.seconds / plain.seconds,
               same_bits(cost.gradients, plain.gradients) ? "" : "  OTHER GRADIENTS");
    std::fflush(stdout);
  };
  for (bool retain_graph : {true, false}) {
    const std::string_view how = retain_graph ? "retained" : "released";
    plain = measure([&](const Tensor& u) { return net(u); }, parameters, x, retain_graph, rounds);
    show(fmt::format("plain, {}", how), plain);
    show(fmt::format("{} segments, {}", segments, how),
         measure(nn::checkpoint_sequential(net, segments), parameters, x, retain_graph, rounds));
  }
}
