// What a convolution costs beside the primitives of oneDNN that it is made of: a batch of 32 with
// 16 channels of 28 x 28, by a weight of 32 x 16 x 3 x 3.
#include <benchmark/benchmark.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "ops/ops.h"

using namespace tapestry;

namespace {

constexpr double kMultiplications = 32.0 * 32 * 16 * 9 * 28 * 28;

void count_work(benchmark::State& state, double products) {
  state.counters["FLOP/s"] = benchmark::Counter(2 * products * kMultiplications,
                                                benchmark::Counter::kIsIterationInvariantRate);
}

struct Operands {
  Rng rng{1};
  Tensor x = randn({32, 16, 28, 28}, rng), w = randn({32, 16, 3, 3}, rng), b = randn({32}, rng);
  Tensor g = randn({32, 32, 28, 28}, rng);
};

void forward(benchmark::State& state) {
  const Operands at;
  for (auto _ : state) benchmark::DoNotOptimize(conv2d(at.x, at.w, {.padding = 1}));
  count_work(state, 1);
}
BENCHMARK(forward)->UseRealTime();

void forward_with_bias(benchmark::State& state) {
  const Operands at;
  for (auto _ : state) benchmark::DoNotOptimize(conv2d(at.x, at.w, at.b, {.padding = 1}));
  count_work(state, 1);
}
BENCHMARK(forward_with_bias)->UseRealTime();

void forward_f64(benchmark::State& state) {
  const Operands at;
  const Tensor x = at.x.to(DType::f64), w = at.w.to(DType::f64);
  for (auto _ : state) benchmark::DoNotOptimize(conv2d(x, w, {.padding = 1}));
  count_work(state, 1);
}
BENCHMARK(forward_f64)->UseRealTime();

void forward_and_gradient(benchmark::State& state) {
  const Operands at;
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(at.x), w = tape.variable(at.w);
    const Tensor y = conv2d(x, w, {.padding = 1});
    benchmark::DoNotOptimize(gradient(y, std::vector<Tensor>{x, w}, {.cotangent = at.g}));
  }
  count_work(state, 3);
}
BENCHMARK(forward_and_gradient)->UseRealTime();

void forward_and_gradient_f64(benchmark::State& state) {
  const Operands at;
  const Tensor g = at.g.to(DType::f64);
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(at.x.to(DType::f64)), w = tape.variable(at.w.to(DType::f64));
    const Tensor y = conv2d(x, w, {.padding = 1});
    benchmark::DoNotOptimize(gradient(y, std::vector<Tensor>{x, w}, {.cotangent = g}));
  }
  count_work(state, 3);
}
BENCHMARK(forward_and_gradient_f64)->UseRealTime();

// The smallest there is: what a call costs.
void tiny(benchmark::State& state) {
  const Tensor x = ones({1, 1, 3, 3}), w = ones({1, 1, 2, 2});
  for (auto _ : state) benchmark::DoNotOptimize(conv2d(x, w));
}
BENCHMARK(tiny)->UseRealTime();

void max_pool(benchmark::State& state) {
  const Operands at;
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(at.g);
    const Tensor y = max_pool2d(x, 2);
    benchmark::DoNotOptimize(y);
    if (state.range(0)) benchmark::DoNotOptimize(gradient(y, x, {.cotangent = detach(y)}));
  }
  state.SetItemsProcessed(state.iterations() * at.g.size());
}
BENCHMARK(max_pool)->ArgName("gradient")->Arg(0)->Arg(1)->UseRealTime();

void avg_pool(benchmark::State& state) {
  const Operands at;
  for (auto _ : state) {
    Tape tape;
    const Tensor x = tape.variable(at.g);
    const Tensor y = avg_pool2d(x, 2);
    benchmark::DoNotOptimize(y);
    if (state.range(0)) benchmark::DoNotOptimize(gradient(y, x, {.cotangent = detach(y)}));
  }
  state.SetItemsProcessed(state.iterations() * at.g.size());
}
BENCHMARK(avg_pool)->ArgName("gradient")->Arg(0)->Arg(1)->UseRealTime();

// ---- oneDNN alone, with all threads ----

using dnnl::memory;

memory::desc layout(const memory::dims& dims, memory::format_tag tag) {
  return {dims, memory::data_type::f32, tag};
}

// The three primitives over operands that already lie as each of them likes best; or over ours,
// with the reorders that this takes.
class Raw {
 public:
  explicit Raw(bool ours) : ours_(ours) {
    const auto any = memory::format_tag::any;
    const auto x = layout({32, 16, 28, 28}, any), w = layout({32, 16, 3, 3}, any),
               y = layout({32, 32, 28, 28}, any);
    const memory::dims one{1, 1};
    const auto direct = dnnl::algorithm::convolution_direct;
    const dnnl::convolution_forward::primitive_desc described(
        {dnnl::prop_kind::forward_training, direct, x, w, y, one, one, one}, engine_);
    add(dnnl::convolution_forward(described), {{DNNL_ARG_SRC, described.src_desc()},
                                               {DNNL_ARG_WEIGHTS, described.weights_desc()},
                                               {DNNL_ARG_DST, described.dst_desc()}});
    const dnnl::convolution_backward_data::primitive_desc data({direct, x, w, y, one, one, one},
                                                               engine_, described);
    add(dnnl::convolution_backward_data(data), {{DNNL_ARG_DIFF_DST, data.diff_dst_desc()},
                                                {DNNL_ARG_WEIGHTS, data.weights_desc()},
                                                {DNNL_ARG_DIFF_SRC, data.diff_src_desc()}});
    const dnnl::convolution_backward_weights::primitive_desc weights(
        {direct, x, w, y, one, one, one}, engine_, described);
    add(dnnl::convolution_backward_weights(weights),
        {{DNNL_ARG_SRC, weights.src_desc()},
         {DNNL_ARG_DIFF_DST, weights.diff_dst_desc()},
         {DNNL_ARG_DIFF_WEIGHTS, weights.diff_weights_desc()}});
  }

  void run(std::size_t primitives) {
    for (std::size_t i = 0; i < primitives; ++i)
      for (auto& [primitive, arguments] : steps_[i]) primitive.execute(stream_, arguments);
    stream_.wait();
  }

 private:
  using Arguments = std::unordered_map<int, memory>;

  // The last of the operands is the result.
  void add(const dnnl::primitive& primitive,
           const std::vector<std::pair<int, memory::desc>>& operands) {
    std::vector<std::pair<dnnl::primitive, Arguments>> before, after;
    Arguments arguments;
    for (const auto& [name, desc] : operands) {
      const memory own(desc, engine_);
      std::fill_n(static_cast<float*>(own.get_data_handle()), desc.get_size() / 4, 0.5F);
      arguments.emplace(name, own);
      const memory plain(layout(desc.dims(), memory::format_tag::abcd), engine_);
      if (plain.get_desc() == desc || !ours_) continue;
      const bool result = name == operands.back().first;
      const memory &from = result ? own : plain, &to = result ? plain : own;
      (result ? after : before)
          .emplace_back(dnnl::reorder(from, to),
                        Arguments{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    }
    before.emplace_back(primitive, arguments);
    before.insert(before.end(), after.begin(), after.end());
    steps_.push_back(before);
  }

  bool ours_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<std::vector<std::pair<dnnl::primitive, Arguments>>> steps_;
};

void raw(benchmark::State& state, bool ours, std::size_t primitives) {
  Raw primitive(ours);
  for (auto _ : state) primitive.run(primitives);
  count_work(state, static_cast<double>(primitives));
}
BENCHMARK_CAPTURE(raw, forward, false, 1U)->UseRealTime();
BENCHMARK_CAPTURE(raw, forward_with_reorders, true, 1U)->UseRealTime();
BENCHMARK_CAPTURE(raw, forward_and_gradient, false, 3U)->UseRealTime();
BENCHMARK_CAPTURE(raw, forward_and_gradient_with_reorders, true, 3U)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
