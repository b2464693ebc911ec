#include <cmath>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_CASE(frequencies_are_the_probabilities) {
  Rng rng(1);
  const Tensor logits = tensor({{0, 1, -1}, {1000, 1000, 998}}, DType::f64);
  const std::int64_t draws = 100000;
  const Tensor drawn = categorical(logits, {draws}, rng);
  BOOST_TEST(drawn.shape() == (Shape{draws, 2}));
  BOOST_TEST((drawn.dtype() == DType::i64));
  const std::vector<double> frequencies =
      mean(one_hot(drawn, 3, DType::f64), {.axis = 0}).to_vector();
  const std::vector<double> expected = softmax(logits).to_vector();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double deviation =
        std::sqrt(expected[i] * (1 - expected[i]) / static_cast<double>(draws));
    BOOST_TEST(std::abs(frequencies[i] - expected[i]) < 4 * deviation);
  }
}

BOOST_AUTO_TEST_CASE(impossible_classes_are_never_drawn) {
  Rng rng(2);
  const Tensor logits = tensor({-kInfinity, 0.0, -kInfinity, 0.0, -kInfinity});
  double ones_drawn = 0;
  for (double k : categorical(logits, {10000}, rng).to_vector()) {
    BOOST_REQUIRE((k == 1 || k == 3));
    ones_drawn += k == 1;
  }
  BOOST_TEST(std::abs(ones_drawn - 5000) < 250);
  for (double k : categorical(tensor({5.0, kInfinity, 9.0}), {100}, rng).to_vector())
    BOOST_REQUIRE(k == 1);
  check_values(categorical(tensor({{0.0, std::nan("")}, {-kInfinity, 0.0}}), rng), {2}, {-1, 1});
}

BOOST_AUTO_TEST_CASE(draws_take_their_places_in_the_stream) {
  Rng rng(3), again(3);
  const Tensor logits = numbers({2, 4});
  const Tensor first = categorical(logits, {3}, rng);
  BOOST_TEST(first.shape() == (Shape{3, 2}));
  BOOST_TEST(rng.position() == 6U);
  BOOST_TEST(same_bits(categorical(logits, {3}, again), first));
  BOOST_TEST(categorical(numbers({4}), rng).shape() == Shape{});
  check_threads([&] {
    Rng fresh(4);
    return categorical(numbers({50, 7}), {3000}, fresh);
  });
}
