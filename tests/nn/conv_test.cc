#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;

BOOST_AUTO_TEST_CASE(a_convolution_starts_uniform_within_its_bound) {
  Rng rng(3);
  const nn::Conv2d conv(16, 64, 5, rng, {.groups = 2});
  BOOST_TEST((conv.weight.shape() == Shape{64, 8, 5, 5}));
  BOOST_TEST((conv.bias.shape() == Shape{64}));
  double largest = 0, sum_of_squares = 0;
  for (double w : conv.weight.value().to_vector()) {
    largest = std::max(largest, std::abs(w));
    sum_of_squares += w * w;
  }
  BOOST_TEST(largest < 1 / std::sqrt(200.0));
  BOOST_TEST(sum_of_squares / 12800 == 1 / 600.0,
             boost::test_tools::tolerance(0.03));  // (bound^2) / 3
}

BOOST_AUTO_TEST_CASE(modules_do_what_the_functions_do) {
  Rng rng(1);
  const Tensor x = randn({2, 4, 6, 6}, rng);
  const nn::Conv2d conv(4, 6, {3, 2}, rng, {.stride = {2, 1}, .padding = 1, .groups = 2});
  BOOST_TEST(
      conv(x).to_vector() ==
      conv2d(x, conv.weight, conv.bias, {.stride = {2, 1}, .padding = 1, .groups = 2}).to_vector());
  const nn::Conv2d plain(4, 6, 3, rng, {.bias = false});
  BOOST_TEST(plain(x).to_vector() == conv2d(x, plain.weight).to_vector());
  BOOST_TEST(plain.parameters().size() == 1U);
  BOOST_TEST(nn::MaxPool2d(2)(x).to_vector() == max_pool2d(x, 2).to_vector());
  BOOST_TEST(nn::AvgPool2d(3, {.stride = 1})(x).to_vector() ==
             avg_pool2d(x, 3, {.stride = 1}).to_vector());
}

BOOST_AUTO_TEST_CASE(a_network_of_images_has_a_summary) {
  Rng rng(1);
  const nn::Sequential net{nn::Conv2d(1, 8, 3, rng, {.padding = 1}),
                           nn::ReLU(),
                           nn::MaxPool2d(2),
                           nn::Conv2d(8, 16, 3, rng, {.groups = 2, .bias = false}),
                           nn::AvgPool2d(2),
                           nn::Flatten(),
                           nn::Linear(576, 10, rng)};
  const std::string summary = net.summary({1, 1, 28, 28});
  for (const std::string_view part :
       {"Conv2d(1, 8, kernel=(3, 3), padding=(1, 1))", "(1, 8, 28, 28)",
        "MaxPool2d(kernel=(2, 2), stride=(2, 2))", "(1, 8, 14, 14)",
        "Conv2d(8, 16, kernel=(3, 3), groups=2, no bias)", "(1, 16, 12, 12)",
        "AvgPool2d(kernel=(2, 2), stride=(2, 2))", "(1, 16, 6, 6)", "total 6,426 parameters"})
    BOOST_TEST((summary.find(part) != summary.npos), part << " is not in\n" << summary);
}

BOOST_AUTO_TEST_CASE(a_network_of_images_learns) {
  Rng rng(7);
  nn::Sequential net{nn::Conv2d(1, 4, 3, rng, {.padding = 1}), nn::ReLU(), nn::MaxPool2d(2),
                     nn::Flatten(), nn::Linear(64, 2, rng)};
  // Bars that stand, and bars that lie.
  Tensor images = zeros({16, 1, 8, 8});
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < 16; ++i) {
    for (std::int64_t k = 0; k < 8; ++k)
      images.mutable_data<float>()[i * 64 + (i % 2 ? k * 8 + i / 2 : i / 2 * 8 + k)] = 1;
    labels.push_back(i % 2);
  }
  nn::SGD sgd(net.parameters(), {.lr = 0.1, .momentum = 0.9});
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    Tape tape;
    const Tensor loss = nn::cross_entropy(net(images), from_vector(labels, {16}));
    sgd.step(gradient(loss, net.parameters()));
    (step == 0 ? first : last) = loss.item();
  }
  BOOST_TEST(first > 0.5);
  BOOST_TEST(last < 0.01);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  Rng rng(1);
  BOOST_TEST(refusal([&] { nn::Conv2d(3, 4, 3, rng, {.groups = 2}); }) ==
             "[Conv2d] 3 channels in and 4 out do not divide into 2 groups; both must");
  BOOST_TEST(refusal([&] { nn::Conv2d(0, 4, 3, rng); }) ==
             "[Conv2d] there are 0 channels in and 4 out; there must be at least 1");
  BOOST_TEST(
      refusal([&] {
        nn::Conv2d(3, 4, 3, rng)(zeros({1, 4, 5, 5}));
      }) == "[conv2d] the input has 4 channels, the weight takes 3 x 1 groups; they must be equal");
}
