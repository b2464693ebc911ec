#include <boost/test/unit_test.hpp>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

const Tensor kInputs = tensor({{0.5, -1.0}, {1.5, 0.25}, {-0.75, 0.8}}, DType::f64);
const Tensor kTargets = tensor({{1.0}, {-0.5}, {0.3}}, DType::f64);

nn::Sequential small_net() {
  Rng rng(7);
  return nn::Sequential{nn::Linear(2, 3, rng, {.dtype = DType::f64}), nn::Tanh(),
                        nn::Linear(3, 1, rng, {.dtype = DType::f64})};
}

// The loss after three steps of SGD with these settings, each on the tape that records, if any.
Tensor loss_after_steps(Scalar lr, Scalar momentum, bool nesterov, bool create_graph) {
  const nn::Sequential net = small_net();
  nn::SGD sgd(net.parameters(),
              {.lr = lr, .momentum = momentum, .weight_decay = 0.01, .nesterov = nesterov});
  for (int step = 0; step < 3; ++step)
    sgd.step(gradient(nn::mse_loss(net(kInputs), kTargets), net.parameters(),
                      {.create_graph = create_graph}));
  return nn::mse_loss(net(kInputs), kTargets);
}

}  // namespace

BOOST_AUTO_TEST_CASE(momentum_nesterov_and_weight_decay_follow_their_definition) {
  for (bool nesterov : {false, true}) {
    nn::Parameter parameter(tensor({2.0}, DType::f64));
    nn::SGD sgd({parameter},
                {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.5, .nesterov = nesterov});
    double p = 2, v = 0;
    for (int step = 0; step < 4; ++step) {
      sgd.step({tensor({3.0}, DType::f64)});
      const double g = 3 + 0.5 * p;
      v = 0.9 * v + g;
      p -= 0.1 * (nesterov ? g + 0.9 * v : v);
      BOOST_TEST(parameter.value().item() == p, boost::test_tools::tolerance(1e-15));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_passes_through_training_steps) {
  for (bool nesterov : {false, true}) {
    Tape tape;
    const Scalar lr = tape.variable(0.2, "lr"), momentum = tape.variable(0.5, "momentum");
    const Tensor loss = loss_after_steps(lr, momentum, nesterov, true);
    const auto [by_lr, by_momentum] = gradient(loss, lr, momentum);
    const auto at = [&](double l, double m) {
      Tape inner;
      return loss_after_steps(l, m, nesterov, false).item();
    };
    BOOST_TEST(by_lr == test::difference([&](double l) { return at(l, 0.5); }, 0.2),
               boost::test_tools::tolerance(1e-9));
    BOOST_TEST(by_momentum == test::difference([&](double m) { return at(0.2, m); }, 0.5),
               boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_followed_leaves_nothing_on_the_tape) {
  const nn::Sequential net = small_net();
  nn::SGD sgd(net.parameters(), {.lr = 0.1, .momentum = 0.9});
  Tape tape;
  const std::vector<Tensor> slopes =
      gradient(nn::mse_loss(net(kInputs), kTargets), net.parameters());
  const NodeId before = tape.size();
  sgd.step(slopes);
  BOOST_TEST(tape.size() == before);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_followed_gives_the_same_bits_as_one_that_is_not) {
  for (const double momentum : {0.0, 0.9})
    for (const double decay : {0.0, 0.3})
      for (const bool nesterov : {false, momentum > 0}) {
        const auto after = [&](bool followed) {
          Tape tape;
          nn::Parameter p(tensor({0.3, -1.7, 1e-9}));
          const Scalar lr = followed ? tape.variable(0.1) : Scalar(0.1);
          nn::SGD sgd(
              {p}, {.lr = lr, .momentum = momentum, .weight_decay = decay, .nesterov = nesterov});
          for (const double g : {0.7, -0.1, 3.3}) sgd.step({tensor({g, -g, g / 3})});
          BOOST_TEST(tape.owns(p.tensor()) == true);
          return p.value().to_vector();
        };
        BOOST_TEST(after(true) == after(false), boost::test_tools::per_element());
      }
}

BOOST_AUTO_TEST_CASE(the_value_of_a_parameter_before_a_step_stays_as_it_is) {
  nn::Parameter p(tensor({1.0, 2.0}));
  nn::SGD sgd({p}, {.lr = 1, .momentum = 0.5});
  const Tensor before = p.value();
  const Tensor g = tensor({1.0, 1.0});
  sgd.step({g});
  sgd.step({g});
  BOOST_TEST(before.to_vector() == (std::vector<double>{1, 2}));
  BOOST_TEST(g.to_vector() == (std::vector<double>{1, 1}));
  BOOST_TEST(p.value().to_vector() == (std::vector<double>{-1.5, -0.5}));
}

BOOST_AUTO_TEST_CASE(numbers_that_nobody_else_holds_change_where_they_lie) {
  nn::Parameter p(tensor({1.0, 2.0}));
  nn::SGD sgd({p}, {.lr = 1});
  const Tensor g = tensor({1.0, 1.0});
  const auto block = [&] { return p.value().block(); };
  const void* const first = block();
  sgd.step({g});
  BOOST_TEST(block() == first);
  BOOST_TEST(p.value().to_vector() == (std::vector<double>{0, 1}));
  {
    Tape tape;
    const Tensor x = p.tensor(), y = sum(square(x));
    sgd.step({g});
    BOOST_TEST(block() != first);
    BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{0, 2}));
    BOOST_TEST(gradient(sum(square(p.tensor())), p).to_vector() == (std::vector<double>{-2, 0}));
  }
  const Tensor row = p.value();
  sgd.step({g});
  BOOST_TEST(row.to_vector() == (std::vector<double>{-1, 0}));
  BOOST_TEST(p.value().to_vector() == (std::vector<double>{-2, -1}));
}

BOOST_AUTO_TEST_CASE(momentum_lives_on_from_tape_to_tape) {
  const nn::Sequential net = small_net();
  nn::SGD sgd(net.parameters(), {.lr = 0.05, .momentum = 0.9});
  double first = 0, last = 0;
  for (int step = 0; step < 200; ++step) {
    Tape tape;
    const Tensor loss = nn::mse_loss(net(kInputs), kTargets);
    sgd.step(gradient(loss, net.parameters()));
    (step == 0 ? first : last) = loss.item();
  }
  BOOST_TEST(last < 0.01 * first);
}

BOOST_AUTO_TEST_CASE(a_parameter_keeps_its_dtype) {
  nn::Parameter parameter(ones({2}));
  nn::SGD sgd({parameter}, {.lr = 0.1, .momentum = 0.9});
  sgd.step({ones({2}, DType::f64)});
  BOOST_TEST((parameter.value().dtype() == DType::f32));
  parameter.set(ones({2}, DType::f64));
  sgd.step({ones({2})});
  BOOST_TEST((parameter.value().dtype() == DType::f64));
}

BOOST_AUTO_TEST_CASE(wrong_settings_and_gradients_are_refused) {
  nn::Parameter parameter(ones({2}));
  BOOST_TEST(refusal([&] { nn::SGD({parameter}, {.lr = -1}); }) ==
             "[SGD] lr is -1; it must be finite and not negative");
  BOOST_TEST(refusal([&] { nn::SGD({parameter}, {.nesterov = true}); }) ==
             "[SGD] nesterov needs a momentum above 0");
  BOOST_TEST(refusal([&] {
               nn::SGD({parameter, parameter}, {});
             }) == "[SGD] parameter 1 is given twice");
  BOOST_TEST(refusal([] { nn::SGD(nn::ReLU().parameters(), {}); }) ==
             "[SGD] there are no parameters; a module of your own lists what it owns in members()");
  nn::SGD sgd({parameter}, {});
  BOOST_TEST(refusal([&] { sgd.set_lr(std::nan("")); }) ==
             "[SGD] lr is nan; it must be finite and not negative");
  BOOST_TEST(refusal([&] { sgd.step({}); }) == "[SGD] 0 gradients for 1 parameters");
  BOOST_TEST(refusal([&] { sgd.step({ones({3})}); }) ==
             "[SGD] gradient 0 has shape (3,), its parameter (2,)");
  BOOST_TEST(parameter.value().to_vector() == (std::vector<double>{1, 1}));
}
