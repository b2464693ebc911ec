// Sizes near the limits of their types: each is refused as an Error, and nothing overflows before.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max(),
                       kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSizes[] = {kMax, kMax - 1, kMax / 2, std::int64_t{1} << 62,
                                   std::int64_t{1} << 44};

void check_too_many(const std::string& text) {
  BOOST_TEST(text.find("too many elements") != std::string::npos, text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(factories_refuse_too_many_elements) {
  Rng rng{1};
  const Rng before = rng;
  for (std::int64_t n : kSizes) {
    check_too_many(refusal([&] { zeros({n}); }));
    check_too_many(refusal([&] { full({2, n}, 1.5, DType::f64); }));
    check_too_many(refusal([&] { full({n, n, n}, 1.5); }));
    check_too_many(refusal([&] { arange(n); }));
    check_too_many(refusal([&] { eye(n); }));
    check_too_many(refusal([&] { from_vector(std::vector<float>{1}, {n, 2}); }));
    check_too_many(refusal([&] { randint({n}, 0, 9, rng); }));
    check_too_many(refusal([&] { randn({n, 3}, rng); }));
    check_too_many(refusal([&] { permutation(n, rng); }));
  }
  BOOST_TEST(!refusal([&] { randn({-1}, rng); }).empty());
  BOOST_TEST(!refusal([&] { zeros({kMin}); }).empty());
  BOOST_TEST(!refusal([&] { eye(kMin); }).empty());
  Rng same = before;
  BOOST_TEST(rng.next_below(1000) == same.next_below(1000));  // a refused draw draws nothing
}

BOOST_AUTO_TEST_CASE(steps_of_arange_are_counted_before_they_are_an_integer) {
  for (double stop : {1e13, 1e18, 0x1p63, 1e30, 1e308})
    check_too_many(refusal([&] { arange(0, stop, 1); }));
  check_too_many(refusal([&] { arange(-1e308, 1e308, 1); }));
  check_too_many(refusal([&] { arange(0, 1, 1e-300); }));
  check_too_many(refusal([&] { arange(0, -1e30, -1, DType::f64); }));
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [start, stop, step] :
       {std::tuple(0.0, 1.0, 0.0), std::tuple(0.0, infinity, 1.0), std::tuple(infinity, 0.0, 1.0),
        std::tuple(0.0, 1.0, std::nan("")), std::tuple(0.0, std::nan(""), 1.0)})
    BOOST_TEST(refusal([&, a = start, b = stop, c = step] {
                 arange(a, b, c);
               }).starts_with("[arange] from "));
  BOOST_TEST(arange(0, 1e30, 1e30).size() == 1);
  BOOST_TEST(arange(5, -1e308, 1).size() == 0);
}

BOOST_AUTO_TEST_CASE(integers_are_made_of_numbers_that_they_can_hold) {
  for (double number : {1e30, 0x1p63, -1e30, std::nan(""), HUGE_VAL}) {
    BOOST_TEST(refusal([&] { full({2}, number, DType::i64); }).starts_with("[full] "));
    BOOST_TEST(refusal([&] { tensor({1.0, number}, DType::i64); }).starts_with("[tensor] "));
  }
  BOOST_TEST(full({}, -0x1p63, DType::i64).item() == -0x1p63);
  BOOST_TEST(refusal([] { arange(1e30, 3e30, 1e30, DType::i64); }).starts_with("[arange] "));
}

BOOST_AUTO_TEST_CASE(empty_tensors_may_have_large_extents) {
  const std::int64_t n = std::int64_t{1} << 62;
  for (const Shape& shape : {Shape{0, n, n}, Shape{n, n, 0}, Shape{n, 0, n}}) {
    const Tensor x = zeros(shape);
    BOOST_TEST(x.size() == 0);
    BOOST_TEST(reshape(x, {0}).size() == 0);
    BOOST_TEST((reshape(zeros({0}), shape).shape() == shape));
    BOOST_TEST((x + 1.0).size() == 0);
    BOOST_TEST(sum(x).item() == 0);
  }
}

BOOST_AUTO_TEST_CASE(shapes_are_refused_before_their_product_overflows) {
  const Tensor x = ones({2, 3});
  for (std::int64_t n : kSizes) {
    BOOST_TEST(refusal([&] { reshape(x, {n, n}); }).starts_with("[reshape] "));
    BOOST_TEST(refusal([&] { reshape(x, {n, n, -1}); }).starts_with("[reshape] "));
    BOOST_TEST(refusal([&] { reshape(x, {n, 4, -1}); }).starts_with("[reshape] "));
    BOOST_TEST(!refusal([&] { broadcast_to(x, {n, 2, 3}); }).empty());
    check_too_many(refusal([&] { repeat(x, n, 0); }));
    check_too_many(refusal([&] { repeat(x, n, 1); }));
    check_too_many(refusal([&] { repeat(x, Dims{n, 2}); }));
    check_too_many(refusal([&] { tile(x, {2, n}); }));
    check_too_many(refusal([&] { repeat(x, n); }));
    BOOST_TEST(!refusal([&] { one_hot(zeros({3}, DType::i64), n); }).empty());
    BOOST_TEST(!refusal([&] { diag_embed(ones({3}), n); }).empty());
    BOOST_TEST(!refusal([&] { diag_embed(ones({3}), -n); }).empty());
  }
  BOOST_TEST(!refusal([&] { diag_embed(ones({3}), kMin); }).empty());
}

BOOST_AUTO_TEST_CASE(widths_counts_and_steps_near_the_limit) {
  const Tensor x = tensor({1.0, 2.0, 3.0}), empty = zeros({0});
  for (std::int64_t n : kSizes) {
    for (const Widths& widths : {Widths{{n, 0}}, Widths{{0, n}}, Widths{{n, n}}}) {
      BOOST_TEST(!refusal([&] { pad(x, widths); }).empty());
      for (PadMode mode : {PadMode::reflect, PadMode::replicate, PadMode::circular}) {
        BOOST_TEST(!refusal([&] { pad(x, widths, mode); }).empty());
        BOOST_TEST(!refusal([&] { pad(empty, widths, mode); }).empty());
      }
    }
    BOOST_TEST(chunk(x, n).size() == 3u);
    BOOST_TEST(!refusal([&] { chunk(empty, n); }).empty());
    BOOST_TEST(!refusal([&] { split(empty, n); }).empty());
    BOOST_TEST(!refusal([&] { split(x, n); }).empty());
    BOOST_TEST(!refusal([&] { split(x, {n, n, 2}); }).empty());
    BOOST_TEST(!refusal([&] { topk(x, n); }).empty());
    BOOST_TEST(!refusal([&] { unfold(x, 0, n, 1); }).empty());
    BOOST_TEST(unfold(x, 0, 2, n).to_vector() == (std::vector<double>{1, 2}));
    BOOST_TEST(slice(x, 0, {.step = n}).to_vector() == (std::vector<double>{1}));
    BOOST_TEST(slice(x, 0, -n, n).to_vector() == (std::vector<double>{1, 2, 3}));
    BOOST_TEST(!refusal([&] { fft(ones({4, 2}), {.n = n}); }).empty());
  }
  BOOST_TEST(slice(x, 0, {.step = kMin}).to_vector() == (std::vector<double>{3}));
  BOOST_TEST(slice(x, 0, kMin, kMax, kMax).to_vector() == (std::vector<double>{1}));
  BOOST_TEST(roll(x, kMin, 0).to_vector() == roll(x, kMin % 3, 0).to_vector());
  BOOST_TEST(roll(x, kMax, 0).to_vector() == roll(x, kMax % 3, 0).to_vector());
  const Tensor m = ones({2, 2});
  BOOST_TEST(tril(m, kMax).to_vector() == m.to_vector());
  BOOST_TEST(triu(m, kMin).to_vector() == m.to_vector());
  BOOST_TEST(sum(triu(m, kMax)).item() == 0);
  BOOST_TEST(sum(tril(m, kMin)).item() == 0);
  for (std::int64_t k : {kMin, kMax}) BOOST_TEST(diagonal(m, k).size() == 0);
}

BOOST_AUTO_TEST_CASE(gradients_pass_slices_of_one_element_whatever_their_step) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0, 3.0}));
  const Tensor y = sum(slice(x, 0, 1, 3, kMax) * 5.0) + sum(unfold(x, 0, 2, kMax));
  BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{1, 6, 0}));
}
