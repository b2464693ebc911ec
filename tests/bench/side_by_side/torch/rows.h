// The rows of PyTorch's C++ front end, by family. Inputs, operations and results are those of
// tapestry/rows.h and its sources.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/bench/side_by_side/cc/serve.h"

namespace side_by_side {

using torch::Tensor;
using Values = std::vector<Tensor>;

void add_small_rows(Rows& rows);
void add_elementwise_rows(Rows& rows);
void add_product_rows(Rows& rows);
void add_network_rows(Rows& rows);
void add_optimizer_rows(Rows& rows);

inline Tensor input(std::uint64_t seed, torch::IntArrayRef shape, double scale = 1,
                    double shift = 0) {
  std::vector<float> values = numbers(seed, c10::multiply_integers(shape), scale, shift);
  return torch::from_blob(values.data(), shape).clone();
}

inline Tensor index_input(std::uint64_t seed, std::int64_t count, std::int64_t below) {
  std::vector<std::int64_t> values = indices(seed, count, below);
  return torch::from_blob(values.data(), {count}, torch::kInt64).clone();
}

inline Digest digest(const Tensor& x) {
  const Tensor flat = x.detach().contiguous();
  if (flat.dtype() == torch::kFloat64)
    return digest_of(flat.numel(), [p = flat.data_ptr<double>()](std::int64_t i) { return p[i]; });
  return digest_of(flat.numel(), [p = flat.data_ptr<float>()](std::int64_t i) {
    return static_cast<double>(p[i]);
  });
}

inline Prepared keeping(std::function<Values()> compute) {
  const auto kept = std::make_shared<Values>();
  return {[kept, compute] {
            kept->clear();
            *kept = compute();
          },
          [kept] {
            std::vector<Digest> digests;
            for (const Tensor& x : *kept) digests.push_back(digest(x));
            return digests;
          }};
}

template <class F>
Prepared forward(Values xs, F f) {
  return keeping([xs, f] {
    const torch::NoGradGuard plain;
    return Values{f(xs)};
  });
}

template <class F>
Prepared with_gradient(Values xs, F f) {
  for (Tensor& x : xs) x.requires_grad_(true);
  const Tensor like = f(xs);
  const Tensor cotangent = input(77, like.sizes()).to(like.dtype());
  return keeping([xs, f, cotangent] {
    const Tensor y = f(xs);
    Values results{y.detach()};
    for (Tensor& g : torch::autograd::grad({y}, xs, {cotangent})) results.push_back(std::move(g));
    return results;
  });
}

}  // namespace side_by_side
