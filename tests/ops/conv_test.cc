#include "ops/conv/convolve.h"
#include "ops/conv/interpolate.h"
#include "tests/ops/checks.h"
#include "tests/ops/conv_reference.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {

double inner(const Tensor& a, const Tensor& b) { return sum(a * b).item(); }

struct Case {
  Shape x, weight;
  ConvOptions options;
};

// Every combination of what changes the arithmetic, for two axes.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const PerAxis& stride : {PerAxis(1), PerAxis{2, 3}})
    for (const PerAxis& padding : {PerAxis(0), PerAxis{1, 2}})
      for (const PerAxis& dilation : {PerAxis(1), PerAxis{2, 1}})
        for (const std::int64_t groups : {1, 2, 4})
          for (const Shape& kernel : {Shape{1, 1}, Shape{3, 2}, Shape{2, 4}})
            all.push_back({{2, 4, 7, 6},
                           {8, 4 / groups, kernel[0], kernel[1]},
                           {stride, padding, dilation, groups}});
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_convolution_by_hand) {
  const Tensor x = tensor({{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}});
  const Tensor w = tensor({{{{1, 0}, {0, -1}}}});
  check_values(conv2d(x, w), {1, 1, 2, 2}, {-4, -4, -4, -4});
  check_values(conv2d(x, w, {.stride = 2}), {1, 1, 1, 1}, {-4});
  check_values(conv2d(x, w, {.padding = 1}), {1, 1, 4, 4},
               {-1, -2, -3, 0, -4, -4, -4, 3, -7, -4, -4, 6, 0, 7, 8, 9});
  check_values(conv2d(x, w, {.dilation = 2}), {1, 1, 1, 1}, {-8});
  check_values(conv2d(x, w, tensor({10.0})), {1, 1, 2, 2}, {6, 6, 6, 6});
  check_values(conv_transpose2d(tensor({{{{1, 2}, {3, 4}}}}), w, {.stride = 2}), {1, 1, 4, 4},
               {1, 0, 2, 0, 0, -1, 0, -2, 3, 0, 4, 0, 0, -3, 0, -4});
  check_values(conv1d(tensor({{{1, 2, 3, 4}}}), tensor({{{1, 1}}}), {.stride = 2}), {1, 1, 2},
               {3, 7});
}

BOOST_AUTO_TEST_CASE(every_option_against_the_definition) {
  for (const auto& [x_shape, w_shape, options] : cases()) {
    const Tensor x = numbers(x_shape, 1), w = numbers(w_shape, 2), b = numbers({8}, 3);
    const Tensor y = conv2d(x, w, options), expected = convolved(x, w, options);
    BOOST_TEST(y.shape() == expected.shape());
    BOOST_TEST(distance(y, expected) < 1e-14);
    BOOST_TEST(distance(conv2d(x, w, b, options), expected + reshape(b, {8, 1, 1})) < 1e-14);
    const Tensor narrow = conv2d(x.to(DType::f32), w.to(DType::f32), options);
    BOOST_TEST(distance(narrow.to(DType::f64), expected) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_every_option_against_the_definition_in_both_precisions) {
  for (const auto& [x_shape, w_shape, options] : cases()) {
    const Tensor x0 = numbers(x_shape, 1), w0 = numbers(w_shape, 2);
    Tape tape;
    const Tensor x = tape.variable(x0), w = tape.variable(w0);
    const Tensor y = conv2d(x, w, options), g = numbers(y.shape(), 4);
    const auto [dx, dw] = gradient(sum(y * g), x, w);
    // The form is linear in each: its derivatives are the rows of its matrix.
    BOOST_TEST(std::abs(inner(dx, x0) - inner(g, detach(y))) < 1e-11);
    BOOST_TEST(std::abs(inner(dw, w0) - inner(g, detach(y))) < 1e-11);
    const Tensor v = numbers(x_shape, 5), u = numbers(w_shape, 6);
    BOOST_TEST(std::abs(inner(dx, v) - inner(g, convolved(v, w0, options))) < 1e-11);
    BOOST_TEST(std::abs(inner(dw, u) - inner(g, convolved(x0, u, options))) < 1e-11);
    const Tensor xf = tape.variable(x0.to(DType::f32)), wf = tape.variable(w0.to(DType::f32));
    const auto [dxf, dwf] = gradient(sum(conv2d(xf, wf, options) * g.to(DType::f32)), xf, wf);
    BOOST_TEST(distance(dxf.to(DType::f64), dx) < 1e-5);
    BOOST_TEST(distance(dwf.to(DType::f64), dw) < 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(the_transposed_convolution_is_the_transpose) {
  for (const auto& [x_shape, w_shape, o] : cases()) {
    const Tensor x = numbers(x_shape, 1), w = numbers(w_shape, 2);
    const Tensor y = conv2d(x, w, o), g = numbers(y.shape(), 3);
    // What the strides left over at the end of x.
    const Tensor least = conv_transpose2d(g, w, {o.stride, o.padding, o.dilation, 0, o.groups});
    const PerAxis left{x.shape()[2] - least.shape()[2], x.shape()[3] - least.shape()[3]};
    const Tensor back = conv_transpose2d(g, w, {o.stride, o.padding, o.dilation, left, o.groups});
    BOOST_TEST(back.shape() == x.shape());
    BOOST_TEST(std::abs(inner(y, g) - inner(x, back)) < 1e-12 * (1 + std::abs(inner(y, g))));
    const Tensor narrow = conv_transpose2d(g.to(DType::f32), w.to(DType::f32),
                                           {o.stride, o.padding, o.dilation, left, o.groups});
    BOOST_TEST(distance(narrow.to(DType::f64), back) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(more_output_padding_than_the_stride) {
  const ConvTransposeOptions options{.stride = 1, .dilation = 3, .output_padding = 2};
  const Tensor x = numbers({1, 2, 4}), w = numbers({2, 3, 2}, 2);
  const Tensor y = conv_transpose1d(x, w, options);
  BOOST_TEST(y.shape() == (Shape{1, 3, 9}));
  check_values(slice(y, 2, 7, 9), {1, 3, 2}, {0, 0, 0, 0, 0, 0});
  const Tensor narrow = conv_transpose1d(x.to(DType::f32), w.to(DType::f32), options);
  BOOST_TEST(distance(narrow.to(DType::f64), y) < 1e-6);
}

BOOST_AUTO_TEST_CASE(one_and_three_axes_agree_with_two) {
  const Tensor x = numbers({2, 4, 6}), w = numbers({6, 2, 3}, 2);
  const Tensor y = conv1d(x, w, {.stride = 2, .padding = 1, .groups = 2});
  const Tensor flat =
      conv2d(unsqueeze(x, 2), unsqueeze(w, 2), {.stride = {1, 2}, .padding = {0, 1}, .groups = 2});
  BOOST_TEST(distance(y, squeeze(flat, 2)) < 1e-14);
  const Tensor x3 = numbers({2, 3, 4, 5, 4}), w3 = numbers({2, 3, 2, 3, 2}, 2);
  Tensor sum_of_slices = zeros({2, 2, 3, 5, 3}, DType::f64);
  for (int k : {0, 1}) {
    std::vector<Tensor> planes;
    for (int d : {0, 1, 2})
      planes.push_back(conv2d(squeeze(slice(x3, 2, d + k, d + k + 1), 2),
                              squeeze(slice(w3, 2, k, k + 1), 2), {.padding = {1, 0}}));
    sum_of_slices = sum_of_slices + stack(planes, 2);
  }
  const ConvOptions padded{.padding = {0, 1, 0}};
  BOOST_TEST(distance(conv3d(x3, w3, padded), sum_of_slices) < 1e-14);
  const Tensor narrow = conv3d(x3.to(DType::f32), w3.to(DType::f32), padded);
  BOOST_TEST(distance(narrow.to(DType::f64), sum_of_slices) < 1e-6);
}

// Large enough to be cut into several pieces, along the batch and along channels.
BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  struct Large {
    Shape x, weight;
    ConvOptions options;
  };
  const Large larges[] = {{{11, 16, 20, 20}, {32, 16, 3, 3}, {.padding = 1}},
                          {{1, 64, 16, 16}, {96, 64, 3, 3}, {}},
                          {{2, 96, 14, 14}, {80, 96, 3, 3}, {.stride = 2, .padding = 1}},
                          {{6, 32, 20, 20}, {32, 8, 3, 3}, {.padding = 1, .groups = 4}},
                          {{5, 24, 40, 40}, {24, 1, 3, 3}, {.groups = 24}}};
  for (const DType dtype : {DType::f32, DType::f64})
    for (const auto& [x_shape, w_shape, options] : larges) {
      const Tensor x0 = numbers(x_shape, 1).to(dtype), w0 = numbers(w_shape, 2).to(dtype);
      const Tensor g = numbers(conv2d(x0, w0, options).shape(), 3).to(dtype);
      for (const int which : {0, 1, 2})
        check_threads([&] {
          Tape tape;
          const Tensor x = tape.variable(x0), w = tape.variable(w0);
          const Tensor y = conv2d(x, w, options);
          if (which == 0) return detach(y);
          return gradient(y, which == 1 ? x : w, {.cotangent = g});
        });
    }
}

BOOST_AUTO_TEST_CASE(large_pieces_have_the_right_numbers) {
  const Shape shapes[][2] = {{{3, 64, 18, 18}, {96, 64, 3, 3}}, {{17, 16, 12, 12}, {48, 16, 3, 3}}};
  for (const auto& [x_shape, w_shape] : shapes) {
    Tape tape;
    const Tensor x = tape.variable(numbers(x_shape, 1)), w = tape.variable(numbers(w_shape, 2));
    const Tensor y = conv2d(x, w), g = numbers(y.shape(), 3);
    BOOST_TEST(distance(detach(y), convolved(detach(x), detach(w), {})) < 1e-12);
    const auto [dx, dw] = gradient(sum(y * g), x, w);
    const Tensor xf = tape.variable(detach(x).to(DType::f32)),
                 wf = tape.variable(detach(w).to(DType::f32));
    const Tensor yf = conv2d(xf, wf);
    const auto [dxf, dwf] = gradient(sum(yf * g.to(DType::f32)), xf, wf);
    BOOST_TEST(distance(detach(yf).to(DType::f64), detach(y)) < 2e-6);
    BOOST_TEST(distance(dxf.to(DType::f64), dx) < 2e-6);
    BOOST_TEST(distance(dwf.to(DType::f64), dw) < 2e-6);
  }
}

BOOST_AUTO_TEST_CASE(any_strides) {
  const Tensor x = numbers({2, 4, 5, 6}), w = numbers({6, 2, 3, 2}, 2);
  for (const Tensor& xs : strided_copies(x))
    for (const Tensor& ws : strided_copies(w))
      BOOST_TEST(same_bits(conv2d(xs, ws, {.groups = 2}), conv2d(x, w, {.groups = 2})));
  const Tensor repeated = broadcast_to(tensor({1.0}), {1, 1, 3, 3});
  check_values(conv2d(repeated, repeated), {1, 1, 1, 1}, {9});
}

BOOST_AUTO_TEST_CASE(an_empty_batch) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    Tape tape;
    const Tensor x = tape.variable(zeros({0, 2, 5, 5}, dtype)),
                 w = tape.variable(ones({3, 2, 2, 2}, dtype));
    const Tensor y = conv2d(x, w);
    check_values(y, {0, 3, 4, 4}, {});
    const auto [dx, dw] = gradient(sum(y), x, w);
    check_values(dx, {0, 2, 5, 5}, {});
    check_values(dw, {3, 2, 2, 2}, std::vector<double>(24, 0.0));
    check_values(conv2d(zeros({1, 0, 2, 2}, dtype), zeros({1, 0, 2, 2}, dtype)), {1, 1, 1, 1}, {0});
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  check_derivatives([](const auto& in) { return conv2d(in[0], in[1], in[2], {.padding = 1}); },
                    {numbers({2, 2, 3, 3}, 1), numbers({2, 2, 2, 2}, 2), numbers({2}, 3)});
  check_derivatives(
      [](const auto& in) {
        return conv_transpose2d(in[0], in[1], {.stride = 2, .output_padding = 1, .groups = 2});
      },
      {numbers({1, 2, 2, 3}, 1), numbers({2, 1, 2, 2}, 2)});
}

// The third derivative of <conv(x, w), conv(x, w)>, quartic in (x, w).
BOOST_AUTO_TEST_CASE(third_derivatives) {
  const Tensor w0 = numbers({2, 1, 2}, 2), v = numbers({1, 1, 4}, 5);
  const auto curvature = [&](const std::vector<Tensor>& at) {
    Tape tape;
    const Tensor x = tape.variable(at[0]), w = tape.variable(w0);
    const Tensor y = conv1d(x, w);
    const Tensor dx = gradient(sum(y * y), x, {.create_graph = true});
    const Tensor dw = gradient(sum(dx * v), w, {.create_graph = true});
    return std::pair(sum(square(dw)).item(), detach(gradient(sum(square(dw)), x)));
  };
  const Tensor x0 = numbers({1, 1, 4}, 1);
  const Tensor expected =
      difference([&](const std::vector<Tensor>& at) { return curvature(at).first; }, {x0}, 0);
  BOOST_TEST(distance(curvature({x0}).second, expected) < 1e-8);
}

BOOST_AUTO_TEST_CASE(numbers_whose_products_would_overflow_are_refused) {
  const Tensor x = ones({1, 1, 3}), w = ones({1, 1, 5});
  const std::int64_t much = std::int64_t{1} << 62;
  BOOST_TEST(refusal([&] { conv1d(x, w, {.dilation = much}); }) ==
             "[conv1d] the dilation is 4611686018427387904; it must be at most 2147483648");
  BOOST_TEST(refusal([&] { conv1d(x, w, {.padding = much}); }) ==
             "[conv1d] the padding is 4611686018427387904; it must be at most 2147483648");
  BOOST_TEST(refusal([&] { interpolate(x, {.scale = 1e300}); }) ==
             "[interpolate] the scale is 1e+300, and the result would have 3e+300 elements on "
             "axis 2");
}
