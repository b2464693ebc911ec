// The tutorial's 2-2-2 network: every number that was worked out by hand.
#include <boost/test/unit_test.hpp>

#include "nn/nn.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

// The tutorial writes h = x W with W[source, target]; a Linear holds the transpose.
struct Tutorial {
  Rng rng{0};
  nn::Linear first{2, 2, rng}, second{2, 2, rng};
  nn::Sequential net;
  Tensor x = tensor({{0.25, 0.65}}, DType::f64), target = tensor({{0.99, 0.01}}, DType::f64);

  Tutorial() {
    first.weight.set(transpose(tensor({{.20, .25}, {.30, .35}}, DType::f64)));
    first.bias.set(tensor({.30, .30}, DType::f64));
    second.weight.set(transpose(tensor({{.50, .55}, {.60, .65}}, DType::f64)));
    second.bias.set(tensor({.20, .20}, DType::f64));
    net = nn::Sequential{first, nn::ReLU(), second, nn::ReLU()};  // copies share their parameters
  }
  Tensor loss() const { return 0.5 * sum(square(net(x) - target)); }
};

void check(const Tensor& actual, const std::vector<double>& expected) {
  const std::vector<double> numbers = actual.to_vector();
  BOOST_REQUIRE(numbers.size() == expected.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    BOOST_TEST(std::abs(numbers[i] - expected[i]) <= 1e-15,
               numbers[i] << " is not " << expected[i]);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_forward_pass_gives_the_tutorials_activations_and_loss) {
  const Tutorial t;
  check(relu(t.first(t.x)), {.545, .59});
  check(t.net(t.x), {.8265, .88325});
  check(t.loss(), {0.39464890625});
}

BOOST_AUTO_TEST_CASE(the_backward_pass_gives_the_tutorials_gradients) {
  const Tutorial t;
  Tape tape;
  const Tensor h = relu(t.first(t.x));
  const Tensor y = relu(t.second(h));
  const Tensor loss = 0.5 * sum(square(y - t.target));
  const auto [dy, dh] = gradient(loss, y, h);
  check(dy, {-.1635, .87325});
  check(dh, {.3985375, .4695125});
}

BOOST_AUTO_TEST_CASE(one_step_gives_the_tutorials_weights_biases_and_next_loss) {
  Tutorial t;
  nn::SGD sgd(t.net.parameters(), {.lr = 0.1});
  {
    Tape tape;
    sgd.step(gradient(t.loss(), t.net.parameters()));
  }
  check(transpose(t.first.weight.value()), {.1900365625, .2382621875, .2740950625, .3194816875});
  check(t.first.bias.value(), {.26014625, .25304875});
  check(transpose(t.second.weight.value()), {.50891075, .502407875, .6096465, .59847825});
  check(t.second.bias.value(), {.21635, .112675});
  check(t.loss(), {0.2384542802724947});
}

BOOST_AUTO_TEST_CASE(scalars_train_the_same_network) {
  Tape tape;
  const double x[] = {0.25, 0.65}, target[] = {0.99, 0.01};
  std::vector<Scalar> p;  // W1, b1, W2, b2
  for (double value : {.20, .25, .30, .35, .30, .30, .50, .55, .60, .65, .20, .20})
    p.push_back(tape.variable(value));
  const auto loss_of = [&](const std::vector<Scalar>& w) {
    Scalar h[2], loss = 0;
    for (std::size_t q : {0u, 1u}) h[q] = relu(x[0] * w[q] + x[1] * w[2 + q] + w[4 + q]);
    for (std::size_t q : {0u, 1u})
      loss += square(relu(h[0] * w[6 + q] + h[1] * w[8 + q] + w[10 + q]) - target[q]);
    return 0.5 * loss;
  };
  const Scalar loss = loss_of(p);
  BOOST_TEST(std::abs(loss.value() - 0.39464890625) <= 1e-15);
  const std::vector<double> slopes = gradient(loss, p);
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = p[i].value() - 0.1 * slopes[i];
  BOOST_TEST(std::abs(loss_of(p).value() - 0.2384542802724947) <= 1e-15);
}
