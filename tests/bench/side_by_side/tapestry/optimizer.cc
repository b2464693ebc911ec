// Updates of a parameter of 10^7 numbers by a given gradient.
#include <cmath>

#include "tests/bench/side_by_side/tapestry/rows.h"

namespace side_by_side {

namespace {

constexpr std::int64_t kSize = 10'000'000;

struct State {
  nn::Parameter parameter{input(1, {kSize})};
  Values gradients{input(2, {kSize})};
};

template <class Optimizer>
Prepared stepping(const nn::Parameter& parameter, std::shared_ptr<State> state,
                  std::shared_ptr<Optimizer> optimizer) {
  return {[=] { optimizer->step(state->gradients); },
          [=] { return std::vector<Digest>{digest(parameter.value())}; }};
}

// Composed of ops, until there is an optimizer of that name in nn: put it in its place here.
class Adam {
 public:
  explicit Adam(const nn::Parameter& parameter) : parameter_(parameter) {}

  void step(const Values& gradients) {
    const Tensor& g = gradients[0];
    ++steps_;
    first_ = steps_ == 1 ? g * 0.1 : first_ * 0.9 + g * 0.1;
    second_ = steps_ == 1 ? square(g) * 0.001 : second_ * 0.999 + square(g) * 0.001;
    const double rate = kRate / (1 - std::pow(0.9, steps_));
    const double root = 1 / std::sqrt(1 - std::pow(0.999, steps_));
    parameter_.set(parameter_.value() - first_ * rate / (sqrt(second_) * root + 1e-8));
  }

 private:
  static constexpr double kRate = 0.001;
  nn::Parameter parameter_;
  Tensor first_{}, second_{};
  int steps_ = 0;
};

}  // namespace

void add_optimizer_rows(Rows& rows) {
  rows["sgd_momentum_1e7"] = [] {
    const auto state = std::make_shared<State>();
    return stepping(state->parameter, state,
                    std::make_shared<nn::SGD>(std::vector{state->parameter},
                                              nn::SGDOptions{.lr = 0.001, .momentum = 0.9}));
  };
  rows["adam_1e7"] = [] {
    const auto state = std::make_shared<State>();
    return stepping(state->parameter, state, std::make_shared<Adam>(state->parameter));
  };
}

}  // namespace side_by_side
