#include "ops/layout/arrange.h"

#include "ops/layout/pad.h"
#include "ops/layout/unfold.h"
#include "tests/ops/checks.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

const Tensor kX = reshape(arange(6), {2, 3});  // 0 1 2 | 3 4 5

}  // namespace

BOOST_AUTO_TEST_CASE(axes_are_moved) {
  BOOST_TEST((movedim(zeros({2, 3, 4, 5}), 0, -1).shape() == Shape{3, 4, 5, 2}));
  BOOST_TEST((movedim(zeros({2, 3, 4, 5}), {0, 1}, {-1, 0}).shape() == Shape{3, 4, 5, 2}));
  BOOST_TEST((movedim(zeros({2, 3, 4, 5}), {3, 2}, {0, 1}).shape() == Shape{5, 4, 2, 3}));
}

BOOST_AUTO_TEST_CASE(rolling) {
  check_values(roll(kX, 1, 1), {2, 3}, {2, 0, 1, 5, 3, 4});
  check_values(roll(kX, -4, 1), {2, 3}, {1, 2, 0, 4, 5, 3});
  check_values(roll(kX, 1), {2, 3}, {5, 0, 1, 2, 3, 4});
  check_values(roll(kX, {1, 1}, {0, 1}), {2, 3}, {5, 3, 4, 2, 0, 1});
  check_values(roll(zeros({0, 2}), 1, 0), {0, 2}, {});
  check_values(roll(full({}, 3), 1), {}, {3});
}

BOOST_AUTO_TEST_CASE(tiles_and_repetitions) {
  check_values(tile(tensor({1, 2}), {2}), {4}, {1, 2, 1, 2});
  check_values(tile(tensor({1, 2}), {2, 1}), {2, 2}, {1, 2, 1, 2});
  check_values(tile(kX, {2}), {2, 6}, {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5});
  check_values(tile(kX, {0, 1}), {0, 3}, {});
  check_values(tile(full({}, 7, DType::i64), {2}), {2}, {7, 7});
  check_values(repeat(tensor({1, 2}), 2), {4}, {1, 1, 2, 2});
  check_values(repeat(tensor({1, 2}), {2}), {4}, {1, 2, 1, 2});
  check_values(repeat(kX, 2, 0), {4, 3}, {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5});
  check_values(repeat(kX, 2, -1), {2, 6}, {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
}

BOOST_AUTO_TEST_CASE(chunks) {
  const auto parts = chunk(arange(7), 3);
  BOOST_TEST(parts.size() == 3U);
  check_values(parts[0], {3}, {0, 1, 2});
  check_values(parts[2], {1}, {6});
  BOOST_TEST(chunk(arange(6), 4).size() == 3U);  // as PyTorch: 2 + 2 + 2
  BOOST_TEST(chunk(zeros({0}), 2).size() == 2U);
}

BOOST_AUTO_TEST_CASE(grids) {
  const auto ij = meshgrid({arange(2), arange(3)});
  check_values(ij[0], {2, 3}, {0, 0, 0, 1, 1, 1});
  check_values(ij[1], {2, 3}, {0, 1, 2, 0, 1, 2});
  const auto xy = meshgrid({arange(2), arange(3), full({}, 5)}, Indexing::xy);
  BOOST_TEST((xy[0].shape() == Shape{3, 2, 1}));
  check_values(xy[0], {3, 2, 1}, {0, 1, 0, 1, 0, 1});
  BOOST_TEST(meshgrid({}).empty());
}

BOOST_AUTO_TEST_CASE(windows) {
  check_values(unfold(arange(5), 0, 3, 1), {3, 3}, {0, 1, 2, 1, 2, 3, 2, 3, 4});
  check_values(unfold(kX, 1, 2, 1), {2, 2, 2}, {0, 1, 1, 2, 3, 4, 4, 5});
  check_values(unfold(kX, 0, 1, 2), {1, 3, 1}, {0, 1, 2});
  BOOST_TEST(unfold(kX, 1, 2, 1).shares_numbers(kX));
  Tape tape;
  const Tensor x = tape.variable(arange(5));
  check_values(gradient(sum(unfold(x, 0, 3, 1)), x), {5}, {1, 2, 3, 2, 1});
}

BOOST_AUTO_TEST_CASE(widths_that_are_too_many_are_refused_before_they_wrap) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto text = fmt::format(
      "[pad] the widths of axis 0 are {} and {}; that is too many elements", most, most);
  BOOST_TEST(refusal([&] { pad(ones({4}), {{most, most}}); }) == text);
  BOOST_TEST(refusal([&] { pad(ones({4}), {{most, most}}, PadMode::replicate); }) == text);
}

BOOST_AUTO_TEST_CASE(padding_with_itself) {
  const Tensor x = tensor({1, 2, 3});
  check_values(pad(x, {{2, 1}}, PadMode::reflect), {6}, {3, 2, 1, 2, 3, 2});
  check_values(pad(x, {{2, 1}}, PadMode::replicate), {6}, {1, 1, 1, 2, 3, 3});
  check_values(pad(x, {{2, 1}}, PadMode::circular), {6}, {2, 3, 1, 2, 3, 1});
  check_values(pad(kX, {{0, 1}, {1, 0}}, PadMode::reflect), {3, 4},
               {1, 0, 1, 2, 4, 3, 4, 5, 1, 0, 1, 2});
  Tape tape;
  const Tensor v = tape.variable(x);
  check_values(gradient(sum(pad(v, {{2, 1}}, PadMode::replicate)), v), {3}, {3, 1, 2});
}
