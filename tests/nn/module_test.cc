#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

BOOST_AUTO_TEST_CASE(a_linear_module_starts_uniform_within_its_bound) {
  Rng rng(3);
  const nn::Linear fc(400, 50, rng);
  BOOST_TEST((fc.weight.shape() == Shape{50, 400}));
  double largest = 0, sum_of_squares = 0;
  for (double w : fc.weight.value().to_vector()) {
    largest = std::max(largest, std::abs(w));
    sum_of_squares += w * w;
  }
  BOOST_TEST(largest < 1 / std::sqrt(400.0));
  BOOST_TEST(sum_of_squares / 20000 == 1 / 1200.0,
             boost::test_tools::tolerance(0.03));  // (bound^2) / 3
}

BOOST_AUTO_TEST_CASE(parameters_have_names_and_copies_share_them) {
  Rng rng(1);
  const nn::Linear fc(2, 3, rng);
  nn::Sequential net{fc, nn::ReLU(), nn::Sequential{nn::Linear(3, 1, rng, {.bias = false})}};
  std::vector<std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) names.push_back(name);
  BOOST_TEST(names == (std::vector<std::string>{"0.weight", "0.bias", "2.0.weight"}),
             boost::test_tools::per_element());
  nn::Parameter shared = net.parameters()[0];
  shared.set(zeros({3, 2}));
  BOOST_TEST(fc.weight.value().to_vector() == std::vector<double>(6, 0.0));
}

BOOST_AUTO_TEST_CASE(a_shared_parameter_is_stepped_once) {
  Rng rng(1);
  nn::Linear fc(1, 1, rng);
  fc.weight.set(tensor({{2.0}}));
  fc.bias.set(tensor({0.0}));
  const nn::Sequential twice{fc, fc};
  BOOST_TEST(twice.parameters().size() == 2);
  Tape tape;
  nn::SGD sgd(twice.parameters(), {.lr = 0.1});
  sgd.step(gradient(sum(twice(tensor({{1.0}}))), twice.parameters()));
  BOOST_TEST(fc.weight.value().item() == 1.6, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_parameter_keeps_its_shape_and_may_change_its_dtype) {
  nn::Parameter p(ones({2, 2}), "w");
  p.set(tensor({{1, 2}, {3, 4}}, DType::f64));
  BOOST_TEST((p.value().dtype() == DType::f64));
  BOOST_TEST(refusal([&] { p.set(ones({2})); }) ==
             "[Parameter] w has shape (2, 2); it cannot be set to shape (2,)");
  BOOST_TEST(refusal([&] {
               p.set(ones({2, 2}, DType::i64));
             }) == "[Parameter] its value is i64; it must be f32 or f64: convert with .to()");
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_mean_while_training_and_does_nothing_otherwise) {
  nn::Sequential net{nn::Dropout(0.25, Rng(5))};
  const Tensor x = ones({100000});
  const Tensor y = net(x);
  BOOST_TEST(mean(y).item() == 1, boost::test_tools::tolerance(0.01));
  BOOST_TEST(mean((y == 0).to(DType::f32)).item() == 0.25, boost::test_tools::tolerance(0.02));
  net.eval();
  BOOST_TEST(net(x).to_vector() == x.to_vector());
  BOOST_TEST(refusal([] { nn::Dropout(1.0); }) ==
             "[Dropout] the probability is 1; it must lie in [0, 1)");
}

BOOST_AUTO_TEST_CASE(no_two_dropouts_draw_the_same_masks_unless_they_share_a_stream) {
  const Tensor x = ones({64});
  const auto same = [&](const nn::Dropout& a, const nn::Dropout& b) {
    return a(x).to_vector() == b(x).to_vector();
  };
  Rng one{7}, other{7};
  const nn::Dropout first(0.5, one), second(0.5, one), again(0.5, other);
  BOOST_TEST(!same(nn::Dropout(), nn::Dropout()));
  BOOST_TEST(!same(first, second));
  BOOST_TEST(same(nn::Dropout(0.5, Rng(3)), nn::Dropout(0.5, Rng(3))));
  BOOST_TEST(one.position() == 2U);
  BOOST_TEST(again(x).to_vector() == nn::Dropout(0.5, Rng(Rng(7).next()))(x).to_vector());
}

BOOST_AUTO_TEST_CASE(modules_without_parameters_do_what_their_names_say) {
  const Tensor x = tensor({{-1.0, 2.0}, {0.5, -3.0}}, DType::f64);
  BOOST_TEST(nn::ReLU()(x).to_vector() == (std::vector<double>{0, 2, 0.5, 0}));
  BOOST_TEST(nn::Sigmoid()(x).to_vector()[1] == 1 / (1 + std::exp(-2.0)),
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(nn::Tanh()(x).to_vector()[3] == std::tanh(-3.0), boost::test_tools::tolerance(1e-15));
  for (double total : sum(nn::Softmax()(x), {.axis = 1}).to_vector())
    BOOST_TEST(total == 1, boost::test_tools::tolerance(1e-15));
  BOOST_TEST((nn::Flatten()(zeros({4, 3, 2})).shape() == Shape{4, 6}));
}

BOOST_AUTO_TEST_CASE(losses_are_right_and_refuse_what_does_not_fit) {
  const Tensor p = tensor({1.0, 2.0, 4.0}, DType::f64), t = tensor({0.0, 2.0, 1.0}, DType::f64);
  BOOST_TEST(nn::mse_loss(p, t).item() == 10.0 / 3, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(nn::mse_loss(p, t, {.reduction = nn::Reduction::sum}).item() == 10);
  BOOST_TEST((nn::mse_loss(p, t, {.reduction = nn::Reduction::none}).shape() == Shape{3}));
  BOOST_TEST(refusal([&] {
               nn::mse_loss(ones({3, 1}), ones({3}));
             }) ==
             "[mse_loss] the prediction has shape (3, 1), the target (3,); they must be equal");

  const Tensor logits = tensor({{1.0, 2.0, 3.0}, {0.0, 0.0, 0.0}}, DType::f64);
  const Tensor labels = tensor({2, 0}, DType::i64);
  const double expected = (std::log(1 + std::exp(-1.0) + std::exp(-2.0)) + std::log(3.0)) / 2;
  BOOST_TEST(nn::cross_entropy(logits, labels).item() == expected,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(refusal([&] {
               nn::cross_entropy(logits, tensor({2, 3}, DType::i64));
             }) == "[cross_entropy] label 3 in row 1 is out of range; there are 3 classes, 0 to 2");
  BOOST_TEST(refusal([&] {
               nn::cross_entropy(logits, tensor({2.0, 1.0}));
             }) == "[cross_entropy] the labels have dtype f32; they must be i64");
}

BOOST_AUTO_TEST_CASE(cross_entropys_gradient_is_softmax_less_the_target) {
  Tape tape;
  const Tensor logits = tape.variable(tensor({{1.0, 2.0, 3.0}, {-1.0, 0.5, 0.0}}, DType::f64));
  const Tensor labels = tensor({2, 0}, DType::i64);
  const Tensor expected = (softmax(detach(logits), 1) - one_hot(labels, 3, DType::f64)) / 2;
  const Tensor slope = gradient(nn::cross_entropy(logits, labels), logits);
  for (std::size_t i = 0; i < 6; ++i)
    BOOST_TEST(std::abs(slope.to_vector()[i] - expected.to_vector()[i]) < 1e-15);
}

BOOST_AUTO_TEST_CASE(a_summary_is_a_table) {
  Rng rng(1);
  const nn::Sequential net{nn::Linear(784, 128, rng), nn::ReLU(), nn::Linear(128, 10, rng)};
  const std::string expected =
      "layer  type              output    parameters\n"
      "---------------------------------------------\n"
      "0      Linear(784, 128)  (1, 128)     100,480\n"
      "1      ReLU              (1, 128)           0\n"
      "2      Linear(128, 10)   (1, 10)        1,290\n"
      "---------------------------------------------\n"
      "total 101,770 parameters";
  BOOST_TEST(net.summary({1, 784}) == expected);
  BOOST_TEST(refusal([&] {
               net.summary({1, 783});
             }) == "[Linear] the input has shape (1, 783); its last axis must be 784");
}
