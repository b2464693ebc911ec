// Element by element, along an axis, and by index.
#include "tests/bench/side_by_side/torch/rows.h"

namespace side_by_side {

namespace {

Tensor chain(const Values& xs) {
  const Tensor &x = xs[0], &y = xs[1], &z = xs[2];
  const Tensor a = torch::tanh(x * y + z);
  const Tensor b = torch::sigmoid(torch::exp(a) * y) + x;
  return b * (torch::sqrt(b * b + 1) - z);
}

Values of_size(std::int64_t n) { return {input(1, {n}), input(2, {n}), input(3, {n})}; }

constexpr std::int64_t kSide = 4096;
Tensor square_input(std::uint64_t seed) { return input(seed, {kSide, kSide}); }

constexpr std::int64_t kTable = 100'000, kChosen = 1'000'000, kWidth = 16;
Tensor chosen() { return index_input(5, kChosen, kTable); }

}  // namespace

void add_elementwise_rows(Rows& rows) {
  const auto sum_of_two = [](const Values& xs) { return xs[0] + xs[1]; };
  rows["add_1000"] = [=] {
    return with_gradient({input(1, {1000}), input(2, {1000})}, sum_of_two);
  };
  rows["elementwise_1e5"] = [] { return with_gradient(of_size(100'000), chain); };
  rows["elementwise_1e7"] = [] { return with_gradient(of_size(10'000'000), chain); };
  rows["softmax"] = [] {
    return with_gradient({input(1, {4096, 1024}, 4)},
                         [](const Values& xs) { return torch::softmax(xs[0], -1); });
  };
  rows["layer_norm"] = [] {
    return with_gradient(
        {input(1, {4096, 1024}), input(2, {1024}, 1, 1), input(3, {1024})},
        [](const Values& xs) { return torch::layer_norm(xs[0], {1024}, xs[1], xs[2], 1e-5); });
  };
  rows["sum_axis_0"] = [] {
    return forward({square_input(1)}, [](const Values& xs) { return torch::sum(xs[0], 0); });
  };
  rows["sum_axis_1"] = [] {
    return forward({square_input(1)}, [](const Values& xs) { return torch::sum(xs[0], 1); });
  };
  rows["transposed_copy"] = [] {
    return forward({square_input(1)}, [](const Values& xs) { return xs[0].t().contiguous(); });
  };
  rows["add_row"] = [=] { return forward({square_input(1), input(2, {kSide})}, sum_of_two); };
  rows["add_column"] = [=] { return forward({square_input(1), input(2, {kSide, 1})}, sum_of_two); };
  rows["add_full"] = [=] { return forward({square_input(1), square_input(2)}, sum_of_two); };
  rows["take"] = [] {
    return with_gradient({input(1, {kTable, kWidth})}, [at = chosen()](const Values& xs) {
      return torch::index_select(xs[0], 0, at);
    });
  };
  rows["scatter_add"] = [] {
    return with_gradient(
        {input(1, {kTable, kWidth}), input(2, {kChosen, kWidth})},
        [at = chosen()](const Values& xs) { return torch::index_add(xs[0], 0, at, xs[1]); });
  };
}

}  // namespace side_by_side
