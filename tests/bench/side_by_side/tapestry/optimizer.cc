// Updates of a parameter of 10^7 numbers by a given gradient.
#include <cmath>

#include "nn/update_rule.h"
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

// Kingma and Ba, Adam, 2014, as the rule of an optimizer.
struct AdamRule {
  double rate, root;

  template <class N>
  N operator()(const N& p, const N& g, N* moments) const {
    using std::sqrt;
    const auto c = [](double x) { return nn::detail::setting<N>(Scalar(x)); };
    moments[0] = moments[0] * c(0.9) + g * c(0.1);
    moments[1] = moments[1] * c(0.999) + g * g * c(0.001);
    return p - moments[0] * c(rate) / (sqrt(moments[1]) * c(root) + c(1e-8));
  }
};

class Adam {
 public:
  explicit Adam(const nn::Parameter& parameter) : parameter_(parameter) {}

  void step(const Values& gradients) {
    ++steps_;
    const AdamRule rule{0.001 / (1 - std::pow(0.9, steps_)),
                        1 / std::sqrt(1 - std::pow(0.999, steps_))};
    nn::detail::update<2>(parameter_, gradients[0], {&first_, &second_}, rule, false);
  }

 private:
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
