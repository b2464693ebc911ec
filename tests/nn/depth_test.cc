// How deep the calculus goes: second derivatives through convolutions, gradients through whole
// trainings, and transformations of each other.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/differences.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

constexpr DType kDouble = DType::f64;

Tensor random(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return randn(shape, rng, kDouble);
}

bool close(const Tensor& a, const Tensor& b, double tolerance) {
  return test::distance(a, b) <= tolerance;
}

// The loss of a small network as a function of its first convolution's weights.
Tensor conv_loss(const Tensor& w) {
  const Tensor images = random({2, 1, 6, 6}, 1), last = random({3, 2 * 2 * 2}, 2);
  const Tensor h = avg_pool2d(tanh(conv2d(images, w)), 2);
  const Tensor logits = matmul(reshape(h, {2, 8}), transpose(last));
  return nn::cross_entropy(logits, tensor({2, 0}, DType::i64));
}

// Row p holds the numbers of a 5 x 5 image under a 3 x 3 kernel at place p, counted by hand.
Tensor patches(const Tensor& image) {
  const std::vector<double> at = image.to_vector();
  std::vector<double> rows;
  for (std::size_t top = 0; top < 3; ++top)
    for (std::size_t left = 0; left < 3; ++left)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) rows.push_back(at[5 * (top + i) + left + j]);
  return from_vector(rows, {9, 9});
}

}  // namespace

BOOST_AUTO_TEST_CASE(hvp_through_a_convolutional_network_agrees_with_two_other_ways) {
  const Tensor w = 0.5 * random({2, 1, 3, 3}, 3), v = random({2, 1, 3, 3}, 4);
  const Tensor product = hvp(conv_loss, w, v);

  std::vector<double> differences;
  for (std::size_t i = 0; i < 18; ++i)
    differences.push_back(
        test::difference([&](double t) { return grad(conv_loss)(w + t * v).to_vector()[i]; }, 0));
  BOOST_TEST(close(product, from_vector(differences, w.shape()), 1e-9));

  const Function along = [&](const Tensor& u) { return sum(grad(conv_loss)(u) * v); };
  BOOST_TEST(close(product, grad(along)(w), 1e-13));
  Tape tape;
  const Tensor x = tape.variable(w);
  const Tensor slope = gradient(conv_loss(x), x, {.create_graph = true});
  BOOST_TEST(close(product, gradient(sum(slope * v), x), 1e-13));
}

BOOST_AUTO_TEST_CASE(the_hessian_of_a_program_with_a_convolution_is_its_closed_form) {
  // f(w) = sum exp(conv(image, w)) = sum exp(P w), so its hessian is P^T diag(exp(P w)) P.
  const Tensor image = 0.5 * random({1, 1, 5, 5}, 5), w = 0.5 * random({9}, 6);
  const Function f = [&](const Tensor& u) {
    return sum(exp(conv2d(image, reshape(u, {1, 1, 3, 3}))));
  };
  const Tensor p = patches(image), weights = exp(matmul(p, w));
  BOOST_TEST(close(grad(f)(w), matmul(transpose(p), weights), 1e-14));
  const Tensor expected = matmul(transpose(p) * weights, p);
  BOOST_TEST(close(hessian(f, w), expected, 1e-13));
  BOOST_TEST(close(jacobian_reverse(grad(f), w), expected, 1e-13));
  // The third derivative, along u and v.
  const Tensor u = random({9}, 7), v = random({9}, 8);
  const Function second = [&](const Tensor& at) { return hvp(f, at, u); };
  const Tensor third = matmul(transpose(p), weights * matmul(p, u) * matmul(p, v));
  BOOST_TEST(close(jvp(second, w, v).second, third, 1e-13));
}

BOOST_AUTO_TEST_CASE(a_gradient_passes_through_twenty_steps_with_momentum) {
  const Tensor inputs = random({8, 2}, 9), targets = sin(random({8, 1}, 10));
  Rng rng(11);
  const nn::Sequential net{nn::Linear(2, 3, rng, {.dtype = kDouble}), nn::Tanh(),
                           nn::Linear(3, 1, rng, {.dtype = kDouble})};
  std::vector<nn::Parameter> parameters = net.parameters();
  std::vector<Tensor> start;
  for (const nn::Parameter& parameter : parameters) start.push_back(parameter.value());

  const auto trained_loss = [&](const std::vector<Tensor>& initial, Scalar lr, Scalar momentum,
                                bool followed) {
    for (std::size_t i = 0; i < initial.size(); ++i) parameters[i].set(initial[i]);
    nn::SGD sgd(parameters, {.lr = lr, .momentum = momentum});
    for (int step = 0; step < 20; ++step)
      sgd.step(
          gradient(nn::mse_loss(net(inputs), targets), parameters, {.create_graph = followed}));
    return nn::mse_loss(net(inputs), targets);
  };
  const auto plain_loss = [&](const std::vector<Tensor>& initial, double lr, double momentum) {
    Tape tape;
    return trained_loss(initial, lr, momentum, false).item();
  };

  constexpr double kLr = 0.1, kMomentum = 0.8;
  Tape tape;
  const Scalar lr = tape.variable(kLr), momentum = tape.variable(kMomentum);
  std::vector<Active> wanted{lr, momentum};
  std::vector<Tensor> initial;
  for (const Tensor& value : start) wanted.emplace_back(initial.emplace_back(tape.variable(value)));
  const Tensor loss = trained_loss(initial, lr, momentum, true);
  BOOST_TEST(loss.item() == plain_loss(start, kLr, kMomentum));
  const std::vector<Active> slopes = gradients(loss, wanted);

  BOOST_TEST(slopes[0].scalar().value() ==
                 test::difference([&](double l) { return plain_loss(start, l, kMomentum); }, kLr),
             boost::test_tools::tolerance(1e-8));
  BOOST_TEST(slopes[1].scalar().value() ==
                 test::difference([&](double m) { return plain_loss(start, kLr, m); }, kMomentum),
             boost::test_tools::tolerance(1e-8));
  const auto of_start = [&](const std::vector<Tensor>& at) {
    return plain_loss(at, kLr, kMomentum);
  };
  for (std::size_t i = 0; i < start.size(); ++i)
    BOOST_TEST(close(slopes[i + 2].tensor(), test::difference(of_start, start, i), 1e-8),
               "parameter " << i);
}

BOOST_AUTO_TEST_CASE(jvp_of_vjp_differentiates_the_pullback) {
  // f(x) = tanh(x) W, so J^T u = (1 - t^2) * (W u).
  const Tensor w = random({3, 2}, 12), x = random({3}, 13), v = random({3}, 14),
               u = random({2}, 15);
  const Function f = [&](const Tensor& at) { return matmul(tanh(at), w); };
  const Tensor t = tanh(x), wu = matmul(w, u);
  const Function pulled = [&](const Tensor& at) { return vjp(f, at).second(u); };
  BOOST_TEST(close(pulled(x), (1.0 - t * t) * wu, 1e-15));
  BOOST_TEST(close(jvp(pulled, x, v).second, -2.0 * t * (1.0 - t * t) * wu * v, 1e-14));
  // The other way round: the derivative of <J v, u> by x.
  const Function pushed = [&](const Tensor& at) { return sum(jvp(f, at, v).second * u); };
  BOOST_TEST(close(grad(pushed)(x), jvp(pulled, x, v).second, 1e-14));
  // By the cotangent, a pullback is linear.
  const Function of_cotangent = [&](const Tensor& c) { return vjp(f, x).second(c); };
  BOOST_TEST(close(jvp(of_cotangent, u, u).second, pulled(x), 1e-15));
}

BOOST_AUTO_TEST_CASE(vmap_of_grad_gives_the_gradient_of_each_example) {
  const Tensor kernel = random({2, 1, 3, 3}, 16), images = random({4, 6, 6}, 17);
  const Function loss = [&](const Tensor& image) {
    return sum(square(tanh(conv2d(reshape(image, {1, 1, 6, 6}), kernel))));
  };
  const Tensor mapped = vmap(grad(loss))(images);
  BOOST_TEST((mapped.shape() == Shape{4, 6, 6}));
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < 4; ++i)
    rows.push_back(grad(loss)(squeeze(slice(images, 0, i, i + 1), 0)));
  BOOST_TEST(close(mapped, stack(rows), 1e-14));
  // grad of vmap: the examples do not mix.
  BOOST_TEST(
      close(grad([&](const Tensor& all) { return sum(vmap(loss)(all)); })(images), mapped, 1e-14));
}

BOOST_AUTO_TEST_CASE(nested_gradients_do_not_confuse_their_variables) {
  const Tensor one = tensor(1.0, kDouble), three = tensor(3.0, kDouble);
  // d/dx x (d/dy (x + y)) is 1; an engine that takes the inner x for y finds 2.
  const Function plus = [&](const Tensor& x) {
    return x * grad([&](const Tensor& y) { return x + y; })(one);
  };
  BOOST_TEST(grad(plus)(one).item() == 1);
  BOOST_TEST(jvp(plus, one, one).second.item() == 1);
  // d/dx of x (d/dy (x y^2) at y = x) = 2 x^3 is 6 x^2; of that, 12 x; of that, 12.
  const Function f = [](const Tensor& x) {
    return x * grad([&](const Tensor& y) { return x * y * y; })(x);
  };
  BOOST_TEST(grad(f)(three).item() == 54);
  BOOST_TEST(grad(grad(f))(three).item() == 36);
  BOOST_TEST(grad(grad(grad(f)))(three).item() == 12);
  BOOST_TEST(jvp(grad(f), three, one).second.item() == 36);
}
