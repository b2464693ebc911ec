#include "ops/layout/index.h"

#include <limits>
#include <string>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

Tensor indices(const std::vector<std::int64_t>& values, const Shape& shape) {
  return from_vector(values, shape);
}

const Tensor kX = reshape(arange(6), {3, 2});  // 0 1 | 2 3 | 4 5

}  // namespace

BOOST_AUTO_TEST_CASE(taking) {
  check_values(take(kX, indices({2, 0, 2}, {3})), {3, 2}, {4, 5, 0, 1, 4, 5});
  check_values(take(kX, indices({1, 1}, {2}), -1), {3, 2}, {1, 1, 3, 3, 5, 5});
  check_values(take(kX, indices({1}, {1, 1})), {1, 1, 2}, {2, 3});
  check_values(take(kX, full({}, 1, DType::i64)), {2}, {2, 3});
  check_values(take(kX, indices({}, {0})), {0, 2}, {});
  BOOST_TEST(take(kX.to(DType::boolean), indices({0}, {1})).dtype() == DType::boolean);
}

BOOST_AUTO_TEST_CASE(gathering) {
  check_values(gather(kX, 1, indices({1, 0, 1}, {3, 1})), {3, 1}, {1, 2, 5});
  check_values(gather(kX, 0, indices({2, 0, 1, 1}, {2, 2})), {2, 2}, {4, 1, 2, 3});
  check_values(gather(kX, 1, indices({0, 0, 0, 1, 1, 1}, {2, 3})), {2, 3}, {0, 0, 0, 3, 3, 3});
}

BOOST_AUTO_TEST_CASE(scattering) {
  const Tensor places = indices({0, 2, 0, 1}, {2, 2}), source = tensor({{10, 20}, {30, 40}});
  check_values(scatter_add(kX, 0, places, source), {3, 2}, {40, 1, 2, 43, 4, 25});
  check_values(scatter_add(zeros({2}), 0, indices({1, 1, 1}, {3}), tensor({1, 2, 4})), {2}, {0, 7});
  check_values(kX, {3, 2}, {0, 1, 2, 3, 4, 5});
  BOOST_TEST(scatter_add(kX, 0, places, source.to(DType::f64)).dtype() == DType::f64);
}

BOOST_AUTO_TEST_CASE(one_hot_rows) {
  check_values(one_hot(indices({2, 0}, {2}), 3), {2, 3}, {0, 0, 1, 1, 0, 0});
  check_values(one_hot(full({}, 1, DType::i64), 2, DType::boolean), {2}, {0, 1});
  check_values(one_hot(slice(indices({0, 1, 2}, {3}), 0, {.step = -1}), 3), {3, 3},
               {0, 0, 1, 0, 1, 0, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(strides_do_not_matter) {
  const Tensor x = numbers({4, 5, 3}), some = indices({3, 0, 0, 1, 2, 2}, {2, 3});
  const Tensor places = indices({3, 0, 1, 2, 2, 0}, {2, 3, 1});
  for (const Tensor& y : strided_copies(x))
    for (const Tensor& index : strided_copies(some)) {
      for (int axis : {0, 1}) BOOST_TEST(same_bits(take(x, some, axis), take(y, index, axis)));
      const Tensor index3 = unsqueeze(index, -1);
      BOOST_TEST(same_bits(gather(x, 1, unsqueeze(some, -1)), gather(y, 1, index3)));
      const Tensor source = slice(numbers({2, 3, 2}), 2, {.step = -2});
      BOOST_TEST(same_bits(scatter_add(x, 0, places, source), scatter_add(y, 0, places, source)));
    }
}

BOOST_AUTO_TEST_CASE(repeated_indices_gather_their_adjoints) {
  Tape tape;
  const Tensor x = tape.variable(kX);
  check_values(gradient(sum(take(x, indices({2, 0, 2}, {3}))), x), {3, 2}, {1, 1, 0, 0, 2, 2});
  check_values(gradient(sum(gather(x, 0, indices({1, 1, 1, 0}, {2, 2}))), x), {3, 2},
               {0, 1, 2, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({4, 3}), some = indices({2, 0, 2, 3}, {2, 2}),
               places = indices({0, 3, 1, 1, 1, 2}, {2, 3});
  check_derivatives([=](const auto& in) { return square(take(in[0], some)); }, {x});
  check_derivatives([=](const auto& in) { return square(take(transpose(in[0]), some, 1)); }, {x});
  check_derivatives([=](const auto& in) { return square(gather(in[0], 0, places)); }, {x});
  check_derivatives([=](const auto& in) { return square(scatter_add(in[0], 0, places, in[1])); },
                    {x, numbers({2, 3}, 2)});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  Rng rng(5);
  std::vector<std::int64_t> drawn(3000);
  for (auto& i : drawn) i = static_cast<std::int64_t>(rng.next_below(50));
  const Tensor some = indices(drawn, {3000}), places = indices(drawn, {100, 30});
  const Tensor table = randn({50, 40}, rng), source = randn({3000, 40}, rng),
               grid = randn({50, 30}, rng);
  check_threads([&] { return take(table, some); });
  check_threads([&] {
    Tape tape;
    const Tensor x = tape.variable(table);
    return gradient(take(x, some), x, {.cotangent = source});
  });
  check_threads([&] {
    return scatter_add(grid, 0, places, randn({100, 30}, *std::make_unique<Rng>(7)));
  });
}

// However places are shared among threads: wide and narrow rows, few places and many.
BOOST_AUTO_TEST_CASE(each_row_is_added_once) {
  Rng rng(6);
  for (const std::int64_t width : {1, 3, 16, 300})
    for (const std::int64_t places : {1, 3, 40, 5000}) {
      const std::int64_t rows = 120000 / width;
      std::vector<std::int64_t> drawn(static_cast<std::size_t>(rows));
      std::vector<double> times(static_cast<std::size_t>(places));
      for (auto& i : drawn) {
        i = static_cast<std::int64_t>(rng.next_below(static_cast<std::uint64_t>(places)));
        ++times[static_cast<std::size_t>(i)];
      }
      const Tensor some = indices(drawn, {rows}), source = full({rows, width}, 1, DType::f64),
                   expected =
                       broadcast_to(unsqueeze(from_vector(times, {places}), 1), {places, width});
      check_threads([&] {
        const Tensor sums = index_add(zeros({places, width}, DType::f64), 0, some, source);
        BOOST_TEST(same_bits(sums, expected));
        BOOST_TEST(same_bits(take(sums, some), take(expected, some)));
        return sums;
      });
    }
}

BOOST_AUTO_TEST_CASE(many_indices_are_all_looked_at) {
  constexpr std::int64_t kMany = 100000;
  check_threads([&] {
    std::vector<std::int64_t> drawn(kMany, 1);
    drawn[kMany - 7] = -1;
    const Tensor last = sum(take(kX, indices(drawn, {kMany})), {.axis = 0});
    drawn[kMany / 3] = 3;
    BOOST_CHECK_EXCEPTION(take(kX, indices(drawn, {kMany})), Error, [](const Error& e) {
      return std::string(e.what()).find("index 3 is out of range for extent 3") !=
             std::string::npos;
    });
    drawn[kMany / 3] = std::numeric_limits<std::int64_t>::min();
    BOOST_CHECK_THROW(take(kX, indices(drawn, {kMany})), Error);
    return last;
  });
}

BOOST_AUTO_TEST_CASE(negative_indices_count_from_the_end) {
  check_values(take(kX, indices({-1, 0}, {2})), {2, 2}, {4, 5, 0, 1});
  check_values(gather(kX, 1, indices({-1, 0, -2}, {3, 1})), {3, 1}, {1, 2, 4});
  check_values(scatter_add(kX, 0, indices({-1, -3}, {1, 2}), ones({1, 2})), {3, 2},
               {0, 2, 2, 3, 5, 5});
  check_values(scatter(kX, 0, indices({-1, -3}, {1, 2}), ones({1, 2})), {3, 2}, {0, 1, 2, 3, 1, 5});
  Tape tape;
  const Tensor x = tape.variable(kX);
  check_values(gradient(sum(take(x, indices({-1, -1, 0}, {3}))), x), {3, 2}, {1, 1, 0, 0, 2, 2});
  check_values(gradient(sum(gather(x, 0, indices({-1, -3}, {1, 2}))), x), {3, 2},
               {0, 1, 0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] {
               take(kX, indices({0, 5}, {2}));
             }) == "[take] index 5 is out of range for extent 3; it must lie in [-3, 2]");
  BOOST_TEST(error_of([] { take(kX, indices({-3}, {1}), 1); }) ==
             "[take] index -3 is out of range for extent 2; it must lie in [-2, 1]");
  BOOST_TEST(error_of([] { take(kX, zeros({1})); }) ==
             "[take] the indices are f32; they must be i64");
  BOOST_TEST(error_of([] {
               gather(kX, 0, indices({0, 1, 3, 0}, {2, 2}));
             }) == "[gather] index 3 is out of range for extent 3; it must lie in [-3, 2]");
  BOOST_TEST(error_of([] { gather(kX, 0, indices({0}, {1})); }) ==
             "[gather] index of shape (1,) does not fit x of shape (3, 2): the ranks must be "
             "equal, and no extent larger "
             "but on axis 0");
  BOOST_TEST(error_of([] {
               scatter_add(zeros({3}), 0, indices({0, 1}, {2}), zeros({3}));
             }) == "[scatter_add] the source has shape (3,), the index (2,); they must be equal");
  BOOST_TEST(
      error_of([] { one_hot(indices({10}, {1}), 10); }) ==
      "[one_hot] index 10 is out of range for extent 10; indices start at 0 and stay below it");
}
