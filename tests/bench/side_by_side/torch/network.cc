// Networks: steps of training, and the block of a transformer.
#include <cmath>
#include <string>

#include "tests/bench/side_by_side/torch/rows.h"

namespace side_by_side {

namespace {

namespace nn = torch::nn;

constexpr double kRate = 0.01;

struct Training {
  Training(nn::Sequential net_, Tensor x_, Tensor target_)
      : net(std::move(net_)), x(std::move(x_)), target(std::move(target_)) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto shape = parameters[i].sizes();
      double fan_in = 1;
      for (std::size_t axis = 1; axis < shape.size(); ++axis)
        fan_in *= static_cast<double>(shape[axis]);
      initial.push_back(input(10 + i, shape, 1 / std::sqrt(std::max(fan_in, 4.0))));
      parameters[i].data().copy_(initial.back());
    }
  }

  void step() {
    const Tensor prediction = net->forward(x);
    const Tensor error = target.dtype() == torch::kInt64
                             ? torch::cross_entropy_loss(prediction, target)
                             : torch::mse_loss(prediction, target);
    sgd.zero_grad();
    error.backward();
    sgd.step();
    loss = error.detach();
  }

  std::vector<Digest> results() const {
    std::vector<Digest> digests{digest(loss)};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      digests.push_back(digest((initial[i].to(torch::kFloat64) - parameters[i].detach()) / kRate));
    return digests;
  }

  nn::Sequential net;
  Tensor x, target, loss;
  Values parameters = net->parameters();
  torch::optim::SGD sgd{parameters, torch::optim::SGDOptions(kRate)};
  Values initial;
};

Prepared training(nn::Sequential net, const Tensor& x, const Tensor& target) {
  const auto state = std::make_shared<Training>(std::move(net), x, target);
  return {[state] { state->step(); }, [state] { return state->results(); }};
}

Tensor labels(std::int64_t batch) { return index_input(4, batch, 10); }

Prepared mlp(std::int64_t batch, std::int64_t in, std::int64_t hidden, std::int64_t out) {
  nn::Sequential net(nn::Linear(in, hidden), nn::ReLU(), nn::Linear(hidden, hidden), nn::ReLU(),
                     nn::Linear(hidden, out));
  return training(net, input(1, {batch, in}), out == 1 ? input(2, {batch, 1}) : labels(batch));
}

Prepared cnn(std::int64_t batch) {
  nn::Sequential net(nn::Conv2d(nn::Conv2dOptions(1, 16, 3).padding(1)), nn::ReLU(),
                     nn::Conv2d(nn::Conv2dOptions(16, 32, 3).padding(1)), nn::ReLU(),
                     nn::MaxPool2d(2), nn::Flatten(), nn::Linear(32 * 14 * 14, 10));
  return training(net, input(1, {batch, 1, 28, 28}), labels(batch));
}

// ---- the block of a transformer ----

constexpr std::int64_t kBatch = 16, kLength = 128, kWidth = 256, kHeads = 4;

Tensor attention(const Tensor& x, const Tensor* p) {
  const Tensor together =
      torch::linear(x, p[0], p[1]).view({kBatch, kLength, 3, kHeads, kWidth / kHeads});
  const Values qkv = together.permute({2, 0, 3, 1, 4}).unbind(0);
  const Tensor mixed = torch::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
  return torch::linear(mixed.transpose(1, 2).reshape({kBatch, kLength, kWidth}), p[2], p[3]);
}

Tensor normalized(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return torch::layer_norm(x, {kWidth}, weight, bias, 1e-5);
}

Tensor block(const Values& v) {
  const Tensor* const p = v.data() + 1;
  const Tensor x = v[0] + attention(normalized(v[0], p[0], p[1]), p + 2);
  const Tensor hidden = torch::gelu(torch::linear(normalized(x, p[6], p[7]), p[8], p[9]));
  return x + torch::linear(hidden, p[10], p[11]);
}

Prepared transformer_block() {
  constexpr std::int64_t w = kWidth;
  const double scale = 1 / std::sqrt(static_cast<double>(w));
  return with_gradient({input(1, {kBatch, kLength, w}), input(2, {w}, 0.1, 1), input(3, {w}, 0.1),
                        input(4, {3 * w, w}, scale), input(5, {3 * w}, scale),
                        input(6, {w, w}, scale), input(7, {w}, scale), input(8, {w}, 0.1, 1),
                        input(9, {w}, 0.1), input(10, {4 * w, w}, scale), input(11, {4 * w}, scale),
                        input(12, {w, 4 * w}, scale / 2), input(13, {w}, scale)},
                       block);
}

Prepared attention_row(bool causal) {
  const std::vector<std::int64_t> shape{1, 8, 1024, 64};
  return with_gradient(
      {input(1, shape), input(2, shape), input(3, shape)}, [causal](const Values& v) {
        return torch::scaled_dot_product_attention(v[0], v[1], v[2], {}, 0.0, causal);
      });
}

}  // namespace

void add_network_rows(Rows& rows) {
  rows["mlp_b1"] = [] { return mlp(1, 16, 16, 1); };
  rows["mlp_b32"] = [] { return mlp(32, 64, 64, 10); };
  rows["mlp_b64"] = [] { return mlp(64, 784, 128, 10); };
  rows["mlp_b128"] = [] { return mlp(128, 784, 512, 10); };
  rows["cnn_b1"] = [] { return cnn(1); };
  rows["cnn_b64"] = [] { return cnn(64); };
  rows["transformer_block"] = transformer_block;
  rows["attention"] = [] { return attention_row(false); };
  rows["attention_causal"] = [] { return attention_row(true); };
}

}  // namespace side_by_side
