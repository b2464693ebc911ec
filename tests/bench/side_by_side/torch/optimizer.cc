// Updates of a parameter of 10^7 numbers by a given gradient, by the kernels that fuse them: the
// optimizers of the C++ front end do not use these, those of Python do with fused=True.
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_sgd.h>

#include "tests/bench/side_by_side/torch/rows.h"

namespace side_by_side {

namespace {

constexpr std::int64_t kSize = 10'000'000;

struct State {
  Values parameter{input(1, {kSize})}, gradient{input(2, {kSize})};
  Values first{torch::zeros({kSize})}, second{torch::zeros({kSize})}, steps{torch::zeros({})};
  bool is_first = true;

  void sgd() {
    at::_fused_sgd_(parameter, gradient, first, /*weight_decay=*/0, /*momentum=*/0.9, /*lr=*/0.001,
                    /*dampening=*/0, /*nesterov=*/false, /*maximize=*/false, is_first);
    is_first = false;
  }

  void adam() {
    steps[0] += 1;
    at::_fused_adam_(parameter, gradient, first, second, {}, steps, /*lr=*/0.001, /*beta1=*/0.9,
                     /*beta2=*/0.999, /*weight_decay=*/0, /*eps=*/1e-8, /*amsgrad=*/false,
                     /*maximize=*/false);
  }
};

Prepared stepping(void (State::*step)()) {
  const auto state = std::make_shared<State>();
  return {[=] { (*state.*step)(); },
          [=] { return std::vector<Digest>{digest(state->parameter[0])}; }};
}

}  // namespace

void add_optimizer_rows(Rows& rows) {
  rows["sgd_momentum_1e7"] = [] { return stepping(&State::sgd); };
  rows["adam_1e7"] = [] { return stepping(&State::adam); };
}

}  // namespace side_by_side
