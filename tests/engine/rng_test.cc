#include <omp.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "engine/engine.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

// Known answers of the Random123 library for philox4x32-10.
BOOST_AUTO_TEST_CASE(philox_gives_the_published_answers) {
  using Words = std::array<std::uint32_t, 4>;
  BOOST_TEST(
      (philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t f = 0xffffffff;
  BOOST_TEST(
      (philox({f, f, f, f}, {f, f}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  BOOST_TEST((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_numbers_for_any_number_of_threads) {
  const int threads = omp_get_max_threads();
  Rng one(42), two(42);
  omp_set_num_threads(1);
  const Tensor a = randn({900, 700}, one);
  omp_set_num_threads(3);
  const Tensor b = randn({900, 700}, two);
  omp_set_num_threads(threads);
  BOOST_TEST((a.to_vector() == b.to_vector()));
  BOOST_TEST((randn({4}, one).to_vector() != randn({4}, one).to_vector()));
}

BOOST_AUTO_TEST_CASE(a_tensor_holds_what_the_generator_gives_at_each_position) {
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{7}, ~std::uint64_t{5}})
    for (const std::uint64_t start : {std::uint64_t{0}, (std::uint64_t{1} << 32) - 40}) {
      const std::int64_t n = 1037;
      Rng rng(seed), again(seed);
      rng.claim(start);
      again.claim(start);
      const std::vector<double> u = uniform({n}, 0, 1, rng, DType::f64).to_vector(),
                                heads = bernoulli({n}, 0.3, rng).to_vector(),
                                dice = randint({n}, 0, 6, rng).to_vector(),
                                normal = randn({n}, rng, DType::f64).to_vector();
      BOOST_TEST(rng.position() == start + 4 * static_cast<std::uint64_t>(n));
      for (double x : u) BOOST_REQUIRE(x == again.next_uniform());
      for (double x : heads) BOOST_REQUIRE((x == 1) == (again.next_uniform() < 0.3));
      for (double x : dice)  // within rounding of the product, the part of the word that u keeps
        BOOST_REQUIRE(std::abs(x + 0.5 - 6 * again.next_uniform()) <= 0.5 + 1e-14);
      for (double x : normal) {
        const auto words = again.at(again.claim(1));
        const double radius = std::sqrt(-2 * std::log1p(-unit_interval(words[0])));
        const double expected =
            radius * std::cos(2 * 3.14159265358979324 * unit_interval(words[1]));
        BOOST_REQUIRE(std::abs(x - expected) < 1e-14);
      }
    }
}

BOOST_AUTO_TEST_CASE(draws_have_the_moments_of_their_distributions) {
  Rng rng(1);
  const auto moments = [](const Tensor& x) {
    double sum = 0, squares = 0;
    for (double v : x.to_vector()) {
      sum += v;
      squares += v * v;
    }
    const auto n = static_cast<double>(x.size());
    return std::pair(sum / n, squares / n - sum * sum / n / n);
  };
  const auto [normal_mean, normal_variance] = moments(randn({200000}, rng, DType::f64));
  BOOST_TEST(std::abs(normal_mean) < 0.01);
  BOOST_TEST(std::abs(normal_variance - 1) < 0.02);
  const auto [mean, variance] = moments(uniform({200000}, -1, 3, rng, DType::f64));
  BOOST_TEST(std::abs(mean - 1) < 0.01);
  BOOST_TEST(std::abs(variance - 16.0 / 12) < 0.02);
  for (double v : uniform({100000}, 0, 1e-7, rng).to_vector()) BOOST_REQUIRE((v >= 0 && v < 1e-7f));
  BOOST_TEST(std::abs(moments(bernoulli({100000}, 0.3, rng)).first - 0.3) < 0.01);
  const auto [gumbel_mean, gumbel_variance] = moments(gumbel({200000}, rng, DType::f64));
  BOOST_TEST(std::abs(gumbel_mean - 0.5772156649) < 0.015);
  BOOST_TEST(std::abs(gumbel_variance - 1.6449340668) < 0.04);  // pi^2 / 6
  const auto [dice_mean, dice_variance] = moments(randint({200000}, 1, 7, rng));
  BOOST_TEST(std::abs(dice_mean - 3.5) < 0.02);
  BOOST_TEST(std::abs(dice_variance - 35.0 / 12) < 0.03);
}

BOOST_AUTO_TEST_CASE(even_draws_stay_within_their_bounds_however_near_these_are) {
  Rng rng(6);
  const double after_1 = std::nextafter(1.0, 2.0);
  for (double x : uniform({100}, 1, after_1, rng, DType::f64).to_vector()) BOOST_REQUIRE(x == 1);
  const float below = std::nextafter(0.7f, 0.0f);  // 0.7f lies below 0.7, and this below 0.7f
  std::int64_t highest = 0;
  for (double x : uniform({1000}, static_cast<double>(below), 0.7, rng).to_vector()) {
    BOOST_REQUIRE((x == static_cast<double>(below) || x == static_cast<double>(0.7f)));
    highest += x == static_cast<double>(0.7f);
  }
  BOOST_TEST(highest > 300);
  for (double x : uniform({1000}, 0.7, 0.7000001, rng).to_vector())
    BOOST_REQUIRE((x >= 0.7 && x < 0.7000001));
  // Where there is none between, the next.
  const auto next = static_cast<double>(std::nextafter(0.7f, 1.0f));
  for (double x : uniform({10}, 0.7, 0.7 + 1e-11, rng).to_vector()) BOOST_REQUIRE(x == next);
  for (double x : uniform({10}, 2, 2, rng).to_vector()) BOOST_REQUIRE(x == 2);
}

BOOST_AUTO_TEST_CASE(truncated_draws_stay_within_their_bounds_even_in_a_tail) {
  Rng rng(2);
  for (const auto& [low, high] :
       {std::pair(-0.5, 2.0), std::pair(6.0, 9.0), std::pair(-9.0, -6.0)}) {
    double sum = 0;
    for (double x : truncated_normal({20000}, low, high, rng, DType::f64).to_vector()) {
      BOOST_REQUIRE((x >= low && x <= high));
      sum += x;
    }
    // The mean is (phi(low) - phi(high)) / (Phi(high) - Phi(low)).
    const auto phi = [](double x) {
      return std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979);
    };
    const double mass =
        low > 0 ? (std::erfc(low / std::sqrt(2)) - std::erfc(high / std::sqrt(2))) / 2
                : (std::erfc(-high / std::sqrt(2)) - std::erfc(-low / std::sqrt(2))) / 2;
    BOOST_TEST(std::abs(sum / 20000 - (phi(low) - phi(high)) / mass) < 0.02);
  }
}

BOOST_AUTO_TEST_CASE(draws_of_a_far_tail_are_those_of_the_tail) {
  Rng rng(4);
  // Beyond a the distribution of a (x - a) is exponential but for 1 / a^2: its mean is
  // a (1 / m(a) - a) = 1 - 2 / a^2 + 10 / a^4 ..., m being Mills' ratio.
  for (const double a : {30.0, 38.6, 50.0, 1e3, 1e6}) {
    for (const double sign : {1.0, -1.0}) {
      const double far = sign * std::numeric_limits<double>::infinity();
      const Tensor draws = truncated_normal({20000}, std::min(sign * a, far),
                                            std::max(sign * a, far), rng, DType::f64);
      double mean = 0, squares = 0, above_median = 0;
      for (double x : draws.to_vector()) {
        const double excess = a * (sign * x - a);
        BOOST_REQUIRE(excess >= 0);
        mean += excess / 20000;
        squares += excess * excess / 20000;
        above_median += excess > std::log(2.0) ? 1.0 / 20000 : 0;
      }
      BOOST_TEST(std::abs(mean - (1 - 2 / (a * a))) < 0.03);
      BOOST_TEST(std::abs(squares - 2) < 0.15);
      BOOST_TEST(std::abs(above_median - 0.5) < 0.02);
    }
  }
  // Between bounds that are near each other the draws are as good as even.
  double mean = 0;
  for (double x : truncated_normal({20000}, 1e3, 1e3 + 1e-6, rng, DType::f64).to_vector()) {
    BOOST_REQUIRE((x >= 1e3 && x <= 1e3 + 1e-6));
    mean += (x - 1e3) / 1e-6 / 20000;
  }
  BOOST_TEST(std::abs(mean - 0.5) < 0.01);
  // Far out there is nothing between the bound and its neighbour.
  BOOST_TEST(truncated_normal({1}, 1e200, 1e300, rng, DType::f64).item() == 1e200);
}

BOOST_AUTO_TEST_CASE(a_far_tail_goes_on_where_the_nearer_one_ends) {
  // The same numbers of the stream on both sides of the border between the two ways.
  Rng near(5), far(5);
  const std::vector<double> a =
      truncated_normal({1000}, 30 - 1e-9, 40, near, DType::f64).to_vector();
  const std::vector<double> b = truncated_normal({1000}, 30, 40, far, DType::f64).to_vector();
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(a[i] - b[i]) < 1e-8);
}

BOOST_AUTO_TEST_CASE(a_permutation_holds_every_number_once) {
  Rng rng(9);
  std::vector<std::int64_t> order = permutation(1000, rng);
  BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 1000; ++i) BOOST_REQUIRE(order[static_cast<std::size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(impossible_draws_are_refused) {
  Rng rng;
  BOOST_TEST(refusal([&] { uniform({2}, 2, 1, rng); }) == "[uniform] the bounds [2, 1) are empty");
  for (const auto& [low, high] :
       {std::pair(-1e308, 1e308), std::pair(0.0, std::numeric_limits<double>::infinity())})
    BOOST_TEST(
        refusal([&] { uniform({2}, low, high, rng); }) ==
        fmt::format("[uniform] the bounds [{}, {}) are farther apart than any number is large", low,
                    high));
  BOOST_TEST(refusal([&] { bernoulli({2}, 1.5, rng); }) ==
             "[bernoulli] probability 1.5 is not in [0, 1]");
  BOOST_TEST(refusal([&] { randint({2}, 3, 3, rng); }) == "[randint] the bounds [3, 3) are empty");
  BOOST_TEST(refusal([&] { permutation(-1, rng); }) ==
             "[permutation] the count is -1; it must not be negative");
  BOOST_TEST(permutation(0, rng).empty());
  BOOST_TEST(refusal([&] { randn({2}, rng, DType::i64); }) == "[randn] draws f32 or f64, not i64");
}
