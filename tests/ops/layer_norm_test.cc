#include "ops/reduce/layer_norm.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

// By definition, along the last axis.
Tensor plain_layer_norm(const Tensor& x, double eps) {
  const ReduceOptions along{.axis = -1, .keepdims = true};
  const Tensor c = x - mean(x, along);
  return c / sqrt(mean(square(c), along) + eps);
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_of_any_length_are_normalized) {
  for (const std::int64_t n : {1, 2, 7, 16, 33, 1000, 5000}) {
    const Tensor x = numbers({3, n}, static_cast<std::uint64_t>(n)), w = numbers({n}, 2),
                 b = numbers({n}, 3);
    const Tensor expected = plain_layer_norm(x, 0.01) * w + b;
    BOOST_TEST(distance(layer_norm(x, {n}, w, b, 0.01), expected) < 1e-13);
    const Tensor narrow =
        layer_norm(x.to(DType::f32), {n}, w.to(DType::f32), b.to(DType::f32), 0.01);
    BOOST_TEST(narrow.dtype() == DType::f32);
    BOOST_TEST(distance(narrow.to(DType::f64), expected) < 1e-5);
    BOOST_TEST(distance(rms_norm(x, {n}, w, 0.01),
                        x / sqrt(mean(square(x), {.axis = -1, .keepdims = true}) + 0.01) * w) <
               1e-13);
  }
}

BOOST_AUTO_TEST_CASE(a_mean_far_from_zero_costs_no_digits) {
  // These deviations are exact in f32 beside this mean.
  const Tensor deviations = tensor({{-3.0, -1.0, 0.0, 4.0}}, DType::f64);
  const Tensor expected = plain_layer_norm(deviations, 0),
               x = (deviations + 4194304.0).to(DType::f32);
  BOOST_TEST(distance(layer_norm(x, {4}, {}, {}, 0).to(DType::f64), expected) < 1e-6);
  const auto slope = [&](const Tensor& at) {
    Tape tape;
    const Tensor v = tape.variable(at);
    return gradient(weighed(layer_norm(v, {4}, {}, {}, 0).to(DType::f64)), v).to(DType::f64);
  };
  BOOST_TEST(distance(slope(x), slope(deviations)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_constant_row_becomes_the_bias) {
  const Tensor bias = tensor({1.0, 2.0, 3.0});
  check_values(layer_norm(full({2, 3}, 7), {3}, full({3}, 5), bias), {2, 3}, {1, 2, 3, 1, 2, 3});
}

BOOST_AUTO_TEST_CASE(a_recorded_gradient_is_the_plain_one) {
  const Tensor x = numbers({17, 3, 5}), w = numbers({3, 5}, 2), b = numbers({3, 5}, 3);
  const auto gradients = [&](bool recorded) {
    Tape tape;
    const std::vector<Tensor> at{tape.variable(x), tape.variable(w), tape.variable(b)};
    return gradient(weighed(layer_norm(at[0], {3, 5}, at[1], at[2])), at,
                    {.create_graph = recorded});
  };
  const std::vector<Tensor> plain = gradients(false), recorded = gradients(true);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    BOOST_TEST(plain[i].shape() == recorded[i].shape());
    BOOST_TEST(distance(plain[i], detach(recorded[i])) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(of_nothing_there_is_nothing) {
  Tape tape;
  const Tensor x = tape.variable(zeros({0, 3})), w = tape.variable(ones({3}));
  const Tensor y = layer_norm(x, {3}, w);
  BOOST_TEST(y.shape() == (Shape{0, 3}));
  check_values(gradient(sum(y), w), {3}, {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
  const Tensor x = numbers({200, 300}).to(DType::f32), w = numbers({300}, 2).to(DType::f32);
  check_threads([&] { return layer_norm(x, {300}, w, w); });
  for (const std::size_t which : {0, 1, 2})
    check_threads([&] {
      Tape tape;
      const std::vector<Tensor> at{tape.variable(x), tape.variable(w), tape.variable(w)};
      return gradient(sum(square(layer_norm(at[0], {300}, at[1], at[2]))), at[which]);
    });
}
