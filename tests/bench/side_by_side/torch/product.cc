// Products of matrices, and convolution.
#include <string>

#include "tests/bench/side_by_side/torch/rows.h"

namespace side_by_side {

namespace {

Tensor product(const Values& xs) { return torch::matmul(xs[0], xs[1]); }

void add_matmul(Rows& rows, std::int64_t n, torch::ScalarType dtype) {
  const std::string name = "matmul_" + std::to_string(n) + (dtype == torch::kFloat64 ? "_f64" : "");
  const auto operands = [=] {
    return Values{input(1, {n, n}).to(dtype), input(2, {n, n}).to(dtype)};
  };
  rows[name] = [=] { return forward(operands(), product); };
  rows[name + "_gradient"] = [=] { return with_gradient(operands(), product); };
}

void add_transposed(Rows& rows, std::int64_t n) {
  for (const std::string kind : {"nt", "tn", "tt"})
    rows["matmul_" + std::to_string(n) + "_" + kind] = [=] {
      return forward({input(1, {n, n}), input(2, {n, n})}, [kind](const Values& xs) {
        return torch::matmul(kind[0] == 't' ? xs[0].t() : xs[0],
                             kind[1] == 't' ? xs[1].t() : xs[1]);
      });
    };
}

}  // namespace

void add_product_rows(Rows& rows) {
  for (const int n : {64, 128, 256, 512, 1024, 2048}) add_matmul(rows, n, torch::kFloat32);
  for (const int n : {512, 1024}) {
    add_matmul(rows, n, torch::kFloat64);
    add_transposed(rows, n);
  }
  rows["matmul_batched"] = [] {
    return with_gradient({input(1, {64, 128, 64}), input(2, {64, 64, 128})}, product);
  };
  rows["conv_3x3"] = [] {
    return with_gradient(
        {input(1, {64, 32, 28, 28}), input(2, {64, 32, 3, 3}, 0.06), input(3, {64}, 0.06)},
        [](const Values& xs) {
          return torch::conv2d(xs[0], xs[1], xs[2], /*stride=*/1, /*padding=*/1);
        });
  };
}

}  // namespace side_by_side
