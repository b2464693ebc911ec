// Networks: steps of training, and the block of a transformer.
#include <cmath>
#include <string>

#include "tests/bench/side_by_side/tapestry/rows.h"

namespace side_by_side {

Tensor normalized_rows(const Tensor& x, const Tensor& weight, const Tensor& bias);

namespace {

constexpr double kRate = 0.01;

// A step of training: forward, loss, gradient, update. The results are the loss, and what the call
// subtracted from each parameter, over the learning rate.
struct Training {
  Training(nn::Sequential net_, Tensor x_, Tensor target_)
      : net(std::move(net_)), x(std::move(x_)), target(std::move(target_)) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Shape& shape = parameters[i].shape();
      double fan_in = 1;
      for (int axis = 1; axis < shape.rank(); ++axis) fan_in *= static_cast<double>(shape[axis]);
      parameters[i].set(input(10 + i, shape, 1 / std::sqrt(std::max(fan_in, 4.0))));
      initial.push_back(parameters[i].value());
    }
  }

  void step() {
    Tape tape;
    const Tensor prediction = net(x);
    const Tensor error = target.dtype() == DType::i64 ? nn::cross_entropy(prediction, target)
                                                      : nn::mse_loss(prediction, target);
    sgd.step(gradient(error, parameters));
    loss = detach(error);
  }

  std::vector<Digest> results() const {
    std::vector<Digest> digests{digest(loss)};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      digests.push_back(digest((initial[i].to(DType::f64) - parameters[i].value()) / kRate));
    return digests;
  }

  nn::Sequential net;
  Tensor x, target, loss{};
  std::vector<nn::Parameter> parameters = net.parameters();
  nn::SGD sgd{parameters, {.lr = kRate}};
  Values initial{};
};

Prepared training(nn::Sequential net, const Tensor& x, const Tensor& target) {
  const auto state = std::make_shared<Training>(std::move(net), x, target);
  return {[state] { state->step(); }, [state] { return state->results(); }};
}

Tensor labels(std::int64_t batch) { return from_vector(indices(4, batch, 10), {batch}); }

Prepared mlp(std::int64_t batch, std::int64_t in, std::int64_t hidden, std::int64_t out) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(in, hidden, rng), nn::ReLU(), nn::Linear(hidden, hidden, rng),
                     nn::ReLU(), nn::Linear(hidden, out, rng)};
  return training(std::move(net), input(1, {batch, in}),
                  out == 1 ? input(2, {batch, 1}) : labels(batch));
}

Prepared cnn(std::int64_t batch) {
  Rng rng(1);
  nn::Sequential net{nn::Conv2d(1, 16, 3, rng, {.padding = 1}),
                     nn::ReLU(),
                     nn::Conv2d(16, 32, 3, rng, {.padding = 1}),
                     nn::ReLU(),
                     nn::MaxPool2d(2),
                     nn::Flatten(),
                     nn::Linear(32 * 14 * 14, 10, rng)};
  return training(std::move(net), input(1, {batch, 1, 28, 28}), labels(batch));
}

// ---- the block of a transformer ----

constexpr std::int64_t kBatch = 16, kLength = 128, kWidth = 256, kHeads = 4;

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return matmul(x, transpose(weight)) + bias;
}

Tensor attention(const Tensor& x, const Tensor* p) {
  const Tensor together = reshape(linear(x, p[0], p[1]), {kBatch, kLength, 3, kHeads, -1});
  const Values qkv = unstack(permute(together, {2, 0, 3, 1, 4}), 0);
  const Tensor mixed = permute(scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]), {0, 2, 1, 3});
  return linear(reshape(mixed, {kBatch, kLength, kWidth}), p[2], p[3]);
}

Tensor block(const Values& v) {
  const Tensor* const p = v.data() + 1;
  const Tensor x = v[0] + attention(normalized_rows(v[0], p[0], p[1]), p + 2);
  const Tensor hidden = gelu(linear(normalized_rows(x, p[6], p[7]), p[8], p[9]));
  return x + linear(hidden, p[10], p[11]);
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
  const Shape shape{1, 8, 1024, 64};
  return with_gradient({input(1, shape), input(2, shape), input(3, shape)},
                       [causal](const Values& v) {
                         return scaled_dot_product_attention(v[0], v[1], v[2], {.causal = causal});
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
