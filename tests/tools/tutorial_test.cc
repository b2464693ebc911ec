// The tutorial's golden values, from scalars, and against tensors and nn.
#include "tools/tutorial/tutorial.h"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "nn/nn.h"
#include "tools/tutorial/board.h"
#include "tools/tutorial/descent.h"

namespace tapestry::tools {
namespace {

using Numbers = std::vector<double>;

void check_close(const Tensor& x, const Numbers& expected) {
  const Numbers numbers = x.to_vector();
  BOOST_REQUIRE(numbers.size() == expected.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    BOOST_TEST(std::abs(numbers[i] - expected[i]) <= 1e-15,
               numbers[i] << " instead of " << expected[i]);
}

BOOST_AUTO_TEST_CASE(the_forward_pass_is_the_tutorials) {
  const Derivation first = derive(tutorial_start());
  check_close(named(first.activations, "h"), {.545, .59});
  check_close(named(first.activations, "y"), {.8265, .88325});
}

BOOST_AUTO_TEST_CASE(both_losses_are_exact_to_the_last_digit) {
  const Tutorial start = tutorial_start();
  const Derivation first = derive(start);
  BOOST_TEST(first.loss == 0.39464890625);
  BOOST_TEST(derive(descended(start, first)).loss == 0.2384542802724947);
}

BOOST_AUTO_TEST_CASE(the_gradients_are_the_tutorials) {
  const Derivation first = derive(tutorial_start());
  check_close(named(first.gradients, "y"), {-.1635, .87325});
  check_close(named(first.gradients, "h"), {.3985375, .4695125});
  check_close(named(first.gradients, "b1"), {.3985375, .4695125});
  check_close(named(first.gradients, "W2"), {-.0891075, .47592125, -.096465, .5152175});
}

BOOST_AUTO_TEST_CASE(the_updated_weights_and_biases_are_the_tutorials) {
  const Tutorial start = tutorial_start();
  const Tutorial next = descended(start, derive(start));
  check_close(named(next.parameters, "W1"), {.1900365625, .2382621875, .2740950625, .3194816875});
  check_close(named(next.parameters, "b1"), {.26014625, .25304875});
  check_close(named(next.parameters, "W2"), {.50891075, .502407875, .6096465, .59847825});
  check_close(named(next.parameters, "b2"), {.21635, .112675});
}

BOOST_AUTO_TEST_CASE(tensors_say_the_same_as_scalars) {
  const Tutorial start = tutorial_start();
  const Derivation scalars = derive(start);
  Tape tape;
  const TensorPass pass = tensor_pass(tape, start);
  check_close(pass.h, named(scalars.activations, "h").to_vector());
  check_close(pass.y, named(scalars.activations, "y").to_vector());
  check_close(pass.loss, {scalars.loss});
  const std::vector<Tensor> gradients = gradient(pass.loss, pass.parameters);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    check_close(gradients[i], scalars.gradients[i].second.to_vector());
}

BOOST_AUTO_TEST_CASE(modules_and_sgd_train_the_same_network) {
  Tutorial tutorial = tutorial_start();
  Rng rng{0};
  nn::Sequential net{nn::Linear(2, 2, rng), nn::ReLU(), nn::Linear(2, 2, rng), nn::ReLU()};
  std::vector<nn::Parameter> parameters = net.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor& start = tutorial.parameters[i].second;
    parameters[i].set(start.rank() == 2 ? transpose(start).contiguous() : start);
  }
  nn::SGD sgd(parameters, {.lr = tutorial.learning_rate});
  for (int step = 0; step < 20; ++step) {
    const Derivation derivation = derive(tutorial);
    tutorial = descended(tutorial, derivation);
    Tape tape;
    const Tensor loss = 0.5 * nn::mse_loss(net(tutorial.x), tutorial.target, {nn::Reduction::sum});
    BOOST_TEST(std::abs(loss.item() - derivation.loss) <= 1e-14);
    sgd.step(gradient(loss, parameters));
  }
}

std::string board() {
  std::ostringstream out;
  write_board(out, tutorial_start());
  return out.str();
}

void check_line(const std::string& text, const std::string& line) {
  BOOST_TEST(text.find("\n  " + line + "\n") != std::string::npos, "no line: " << line);
}

BOOST_AUTO_TEST_CASE(the_board_shows_values_derivatives_gradients_updates_and_losses) {
  const std::string text = board();
  check_line(text,
             "u2 = b1[2] + x1 * W1[1,2] + x2 * W1[2,2] = 0.3 + 0.25 * 0.25 + 0.65 * 0.35 = 0.59");
  check_line(text, "h2 = relu(u2) = relu(0.59) = 0.59");
  check_line(text, "dv1/dh2 = W2[2,1] = 0.6");
  check_line(text, "dh1/du1 = 1");
  check_line(text, "dl/de2 = e2 = 0.87325");
  check_line(text,
             "dl/dh2 = dl/dv1 * dv1/dh2 + dl/dv2 * dv2/dh2\n"
             "         = -0.16349999999999998 * 0.6 + 0.87325 * 0.65\n"
             "         = 0.4695125");
  check_line(text, "dl/dW2[2,2] = dl/dv2 * dv2/dW2[2,2] = 0.87325 * 0.59 = 0.5152175");
  check_line(text, "new b1[2] = b1[2] - lr * dl/db1[2] = 0.3 - 0.1 * 0.4695125 = 0.25304875");
  check_line(text, "l = 0.2384542802724947, and it was 0.39464890625");
}

BOOST_AUTO_TEST_CASE(the_board_fits_a_page_without_trailing_spaces) {
  std::istringstream lines(board());
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(line.size() <= 100U, line);
    BOOST_TEST(!line.ends_with(' '), line);
  }
}

}  // namespace
}  // namespace tapestry::tools
