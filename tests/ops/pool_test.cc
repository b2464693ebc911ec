#include "ops/conv/pool.h"

#include <cmath>
#include <limits>

#include "ops/conv/convolve.h"
#include "ops/conv/interpolate.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

Tensor counting(const Shape& shape) { return reshape(arange(shape.size(), DType::f64), shape); }

void check_close(const Tensor& x, const Shape& shape, const std::vector<double>& values) {
  BOOST_TEST(x.shape() == shape);
  BOOST_TEST(distance(x, from_vector(values, shape)) < 1e-15);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_largest_of_each_window) {
  const Tensor x = counting({1, 1, 4, 4});
  check_values(max_pool2d(x, 2), {1, 1, 2, 2}, {5, 7, 13, 15});
  check_values(max_pool2d(x, 2, {.stride = 1}), {1, 1, 3, 3}, {5, 6, 7, 9, 10, 11, 13, 14, 15});
  check_values(max_pool2d(x, {1, 3}), {1, 1, 4, 1}, {2, 6, 10, 14});
  check_values(max_pool2d(x, 2, {.stride = 1, .dilation = 2}), {1, 1, 2, 2}, {10, 11, 14, 15});
  check_values(max_pool2d(x, 3, {.stride = 2}), {1, 1, 1, 1}, {10});
  check_values(max_pool2d(x, 3, {.stride = 2, .ceil_mode = true}), {1, 1, 2, 2}, {10, 11, 14, 15});
  check_values(max_pool1d(tensor({{{3, 1, 2, 5, 4}}}), 2), {1, 1, 2}, {3, 5});
  check_values(max_pool3d(counting({1, 2, 2, 2, 2}), 2), {1, 2, 1, 1, 1}, {7, 15});
}

BOOST_AUTO_TEST_CASE(padding_is_never_the_largest) {
  const Tensor x = tensor({{{{-5, -6}, {-7, -8}}}});
  const auto [values, places] = max_pool2d_with_indices(x, 2, {.padding = 1});
  check_values(values, {1, 1, 2, 2}, {-5, -6, -7, -8});
  check_values(places, {1, 1, 2, 2}, {0, 1, 2, 3});
  check_values(max_pool1d(full({1, 1, 3}, -kInf), 3, {.padding = 1}), {1, 1, 1}, {-kInf});
}

BOOST_AUTO_TEST_CASE(the_first_of_equals_takes_the_adjoint) {
  Tape tape;
  const Tensor x = tape.variable(tensor({{{{2, 2, 1}, {2, 2, 2}}}}, DType::f64));
  const auto [y, places] = max_pool2d_with_indices(x, 2, {.stride = 1});
  check_values(places, {1, 1, 1, 2}, {0, 1});
  check_values(gradient(y, x, {.cotangent = tensor({{{{3, 5}}}}, DType::f64)}), {1, 1, 2, 3},
               {3, 5, 0, 0, 0, 0});
  // A maximum of several windows takes what flows to all of them.
  const Tensor peak = tape.variable(tensor({{{1, 9, 1}}}, DType::f64));
  check_values(gradient(sum(max_pool1d(peak, 2, {.stride = 1})), peak), {1, 1, 3}, {0, 2, 0});
}

BOOST_AUTO_TEST_CASE(nan_is_the_largest) {
  const Tensor y = max_pool1d(tensor({{{1, kNan, 3, 4, 5, 6}}}), 3);
  BOOST_TEST(std::isnan(y.to_vector()[0]));
  BOOST_TEST(y.to_vector()[1] == 6);
}

BOOST_AUTO_TEST_CASE(unpooling_puts_the_largest_back) {
  const Tensor x = numbers({2, 3, 4, 6});
  const auto [values, places] = max_pool2d_with_indices(x, 2);
  const Tensor back = max_unpool2d(values, places, 2);
  BOOST_TEST(back.shape() == x.shape());
  BOOST_TEST(same_bits(max_pool2d(where(back != 0, back, -kInf), 2), values));
  BOOST_TEST(sum((back != 0).to(DType::f64)).item() == values.size());
  BOOST_TEST(std::abs(sum(back * x).item() - sum(square(values)).item()) < 1e-12);
}

BOOST_AUTO_TEST_CASE(means_of_windows) {
  const Tensor x = counting({1, 1, 4, 4});
  check_values(avg_pool2d(x, 2), {1, 1, 2, 2}, {2.5, 4.5, 10.5, 12.5});
  check_close(avg_pool2d(x, 3, {.stride = 1}), {1, 1, 2, 2}, {5, 6, 9, 10});
  check_close(avg_pool2d(x, 2, {.padding = 1}), {1, 1, 3, 3},
              {0, 0.75, 0.75, 3, 7.5, 4.5, 3, 6.75, 3.75});
  check_close(avg_pool2d(x, 2, {.padding = 1, .count_include_pad = false}), {1, 1, 3, 3},
              {0, 1.5, 3, 6, 7.5, 9, 12, 13.5, 15});
  // Windows past the padding are divided by what lies within.
  check_close(avg_pool1d(counting({1, 1, 4}), 3, {.stride = 2, .ceil_mode = true}), {1, 1, 2},
              {1, 2.5});
  check_close(avg_pool1d(counting({1, 1, 4}), 3, {.stride = 2, .padding = 1, .ceil_mode = true}),
              {1, 1, 3}, {1.0 / 3, 2, 1.5});
  check_close(avg_pool3d(counting({1, 2, 2, 2, 2}), 2), {1, 2, 1, 1, 1}, {3.5, 11.5});
}

// avg_pool is the convolution of each channel by a constant.
BOOST_AUTO_TEST_CASE(means_are_convolutions) {
  const Tensor x = numbers({2, 3, 7, 8});
  const Tensor w = full({3, 1, 3, 2}, 1.0 / 6, DType::f64);
  const Tensor y = avg_pool2d(x, {3, 2}, {.stride = {2, 1}, .padding = 1});
  BOOST_TEST(distance(y, conv2d(x, w, {.stride = {2, 1}, .padding = 1, .groups = 3})) < 1e-14);
}

BOOST_AUTO_TEST_CASE(means_of_even_windows) {
  check_close(adaptive_avg_pool1d(counting({1, 1, 5}), 3), {1, 1, 3}, {0.5, 2, 3.5});
  check_close(adaptive_avg_pool1d(counting({1, 1, 2}), 4), {1, 1, 4}, {0, 0, 1, 1});
  const Tensor x = numbers({2, 3, 6, 8});
  BOOST_TEST(distance(adaptive_avg_pool2d(x, 1), mean(x, {.axis = {2, 3}, .keepdims = true})) <
             1e-14);
  BOOST_TEST(distance(adaptive_avg_pool2d(x, {3, 4}), avg_pool2d(x, 2)) < 1e-15);
}

BOOST_AUTO_TEST_CASE(interpolation) {
  const Tensor x = tensor({{{1, 2, 4}}}, DType::f64);
  check_values(interpolate(x, {.scale = 2}), {1, 1, 6}, {1, 1, 2, 2, 4, 4});
  check_values(interpolate(x, {.size = 2}), {1, 1, 2}, {1, 2});
  check_close(interpolate(x, {.size = 6, .mode = Interpolation::linear}), {1, 1, 6},
              {1, 1.25, 1.75, 2.5, 3.5, 4});
  check_close(interpolate(x, {.size = 5, .mode = Interpolation::linear, .align_corners = true}),
              {1, 1, 5}, {1, 1.5, 2, 3, 4});
  const Tensor square_ = tensor({{{{1, 2}, {3, 4}}}}, DType::f64);
  check_close(interpolate(square_,
                          {.size = {3, 3}, .mode = Interpolation::bilinear, .align_corners = true}),
              {1, 1, 3, 3}, {1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4});
  check_close(interpolate(square_, {.scale = 2, .mode = Interpolation::bilinear}), {1, 1, 4, 4},
              {1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4});
  // An element next to infinity, but not mixed with it.
  const Tensor edge = tensor({{{1, 2, kInf}}}, DType::f64);
  BOOST_TEST(interpolate(edge, {.size = 5, .mode = Interpolation::linear, .align_corners = true})
                 .to_vector()[2] == 2);
}

BOOST_AUTO_TEST_CASE(any_strides_and_an_empty_batch) {
  const Tensor x = numbers({2, 3, 5, 6});
  const InterpolateOptions larger{.size = {7, 9}, .mode = Interpolation::bilinear};
  for (const Tensor& y : strided_copies(x)) {
    BOOST_TEST(same_bits(max_pool2d(x, 2), max_pool2d(y, 2)));
    BOOST_TEST(same_bits(avg_pool2d(x, 2), avg_pool2d(y, 2)));
    BOOST_TEST(same_bits(interpolate(x, larger), interpolate(y, larger)));
  }
  Tape tape;
  const Tensor none = tape.variable(zeros({0, 3, 4, 4}));
  check_values(max_pool2d(none, 2), {0, 3, 2, 2}, {});
  check_values(avg_pool2d(none, 2), {0, 3, 2, 2}, {});
  check_values(gradient(sum(max_pool2d(none, 2)), none), {0, 3, 4, 4}, {});
  check_values(gradient(sum(avg_pool2d(none, 2)), none), {0, 3, 4, 4}, {});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  const Tensor x0 = numbers({3, 16, 41, 40});
  const std::function<Tensor(const Tensor&)> pools[] = {
      [](const Tensor& x) { return max_pool2d(x, 3, {.stride = 2, .padding = 1}); },
      [](const Tensor& x) { return avg_pool2d(x, 3, {.stride = 2, .padding = 1}); },
      [](const Tensor& x) {
        return adaptive_avg_pool2d(x, {7, 9});
      },
      [](const Tensor& x) {
        return interpolate(x, {.scale = 1.7, .mode = Interpolation::bilinear});
      }};
  for (const DType dtype : {DType::f32, DType::f64})
    for (const auto& pool : pools) {
      check_threads([&] { return pool(x0.to(dtype)); });
      check_threads([&] {
        Tape tape;
        const Tensor x = tape.variable(x0.to(dtype));
        return gradient(sum(square(pool(x))), x);
      });
    }
}

BOOST_AUTO_TEST_CASE(forward_mode_is_the_transpose_of_reverse_mode) {
  const Tensor x0 = numbers({2, 2, 6, 6}), w = numbers({3, 2, 3, 3}, 2),
               v = numbers({2, 2, 6, 6}, 3);
  const auto f = [&](const Tensor& x) {
    const Tensor hidden = conv2d(x, w, {.padding = 1});
    const Tensor pooled = max_pool2d(hidden * hidden, 2) + avg_pool2d(hidden, 2);
    return interpolate(pooled, {.scale = 2, .mode = Interpolation::bilinear});
  };
  const auto [y, t] = jvp(f, x0, v);
  const Tensor g = numbers(y.shape(), 4);
  Tape tape;
  const Tensor x = tape.variable(x0);
  const Tensor back = gradient(f(x), x, {.cotangent = g});
  BOOST_TEST(std::abs(sum(t * g).item() - sum(v * back).item()) <
             1e-12 * (1 + std::abs(sum(t * g).item())));
}

// Of networks mapped over inputs, over weights and over both, and of their gradients.
BOOST_AUTO_TEST_CASE(vmap_is_a_loop) {
  const Tensor x = numbers({3, 2, 2, 5, 5}), w = numbers({3, 4, 1, 3, 3}, 2);
  const auto one = [](const Tensor& t) { return squeeze(slice(t, 0, 0, 1), 0); };
  const Tensor x0 = one(x), w0 = one(w);
  const auto network = [](const Tensor& in, const Tensor& weight) {
    const Tensor hidden = conv2d(in, weight, {.padding = 1, .groups = 2});
    const Tensor pooled = max_pool2d(hidden, 2) + avg_pool2d(hidden, 2);
    return conv_transpose2d(pooled, weight, {.stride = 2, .groups = 2});
  };
  const auto of_x = [&](const Tensor& in) { return network(in, w0); };
  const auto of_w = [&](const Tensor& weight) { return network(x0, weight); };
  const auto of_both = [&](const Tensor& in) {  // a weight made of each example
    return network(in, reshape(slice(in, {{0, 2}, {0, 2}, {0, 3}, {0, 3}}), {4, 1, 3, 3}));
  };
  const std::pair<Function, Tensor> maps[] = {
      {of_x, x},
      {of_w, w},
      {of_both, x},
      {[&](const Tensor& in) { return jvp(of_x, in, in).second; }, x},
      {grad([&](const Tensor& in) { return sum(square(of_x(in))); }), x},
      {grad([&](const Tensor& weight) { return sum(square(of_w(weight))); }), w},
      {grad([&](const Tensor& in) { return sum(square(of_both(in))); }), x}};
  for (const auto& [f, batch] : maps) {
    std::vector<Tensor> looped;
    for (const Tensor& example : split(batch, 3)) looped.push_back(f(squeeze(example, 0)));
    BOOST_TEST(distance(vmap(f)(batch), stack(looped)) < 1e-13);
  }
}

// A hessian times a vector, through all of a small network's layers, by the gradient of a gradient.
BOOST_AUTO_TEST_CASE(hessian_vector_product_through_a_network) {
  const Tensor x = numbers({2, 2, 6, 6}), b = numbers({3}, 3);
  const Tensor w0 = numbers({3, 2, 3, 3}, 2), v = numbers({3, 2, 3, 3}, 4);
  const auto loss = [&](const Tensor& w) {
    const Tensor hidden = max_pool2d(relu(conv2d(x, w, b, {.padding = 1})), 2);
    return mean(square(avg_pool2d(tanh(hidden), 3)));
  };
  const auto slope = [&](const std::vector<Tensor>& at) {
    Tape tape;
    const Tensor w = tape.variable(at[0]);
    return sum(gradient(loss(w), w) * v).item();
  };
  Tape tape;
  const Tensor w = tape.variable(w0);
  const Tensor first = gradient(loss(w), w, {.create_graph = true});
  const Tensor product = gradient(sum(first * v), w);
  BOOST_TEST(distance(product, difference(slope, {w0}, 0)) < 1e-8);
}
