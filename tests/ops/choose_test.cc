#include "ops/layout/choose.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {
const Tensor kX = reshape(arange(6), {2, 3});  // 0 1 2 | 3 4 5
}

BOOST_AUTO_TEST_CASE(brackets_take_positions_of_leading_axes) {
  const int one = 1;
  const std::size_t two = 2;
  check_values(kX[0], {3}, {0, 1, 2});
  check_values(kX[-1], {3}, {3, 4, 5});
  check_values(kX[one][two], {}, {5});
  check_values(kX[{1, -3}], {}, {3});
  check_values(transpose(kX)[-1], {2}, {2, 5});
  check_values(select(kX, 1, -1), {2}, {2, 5});
  BOOST_TEST(kX[1].shares_numbers(slice(kX, 0, 1, 2)));
}

BOOST_AUTO_TEST_CASE(at_gives_scalars) {
  BOOST_TEST(kX.at(1, 2).value() == 5);
  BOOST_TEST(kX.at({0, -1}).value() == 2);
  BOOST_TEST(at(kX, {-2, -3}).value() == 0);
  Tape tape;
  const Tensor x = tape.variable(kX);
  check_values(gradient(x.at(-1, 0) * x.at(0, 2), x), {2, 3}, {0, 0, 3, 2, 0, 0});
}

BOOST_AUTO_TEST_CASE(brackets_take_masks_and_indices) {
  check_values(kX[kX > 2.5], {3}, {3, 4, 5});
  check_values(kX[tensor({0, 1}, DType::boolean)], {1, 3}, {3, 4, 5});
  check_values(kX[tensor({-1, 0, 1}, DType::i64)], {3, 3}, {3, 4, 5, 0, 1, 2, 3, 4, 5});
  check_values(kX[kX > 9], {0}, {});
  check_values(masked_select(kX, tensor({1, 0, 1}, DType::boolean)), {4}, {0, 2, 3, 5});
}

BOOST_AUTO_TEST_CASE(choices_are_differentiable) {
  Tape tape;
  const Tensor x = tape.variable(kX.to(DType::f64));
  check_values(gradient(sum(x[1] * x[0]), x), {2, 3}, {3, 4, 5, 0, 1, 2});
  check_values(gradient(sum(square(x[x > 3])), x), {2, 3}, {0, 0, 0, 0, 8, 10});
  check_derivatives([](const auto& in) { return in[0][-1] * in[0][{0, 1}]; }, {numbers({2, 3})});
}

// One operation for all rows: a gradient makes one tensor of x's size, not one for each row.
BOOST_AUTO_TEST_CASE(unstacked_rows_are_one_operation) {
  Tape tape;
  const Tensor x = tape.variable(reshape(arange(200), {100, 2}));
  const std::vector<Tensor> rows = unstack(x, 0);
  BOOST_TEST(rows.size() == 100u);
  check_values(rows[99], {2}, {198, 199});
  check_values(unstack(kX, -1)[0], {2}, {0, 3});
  BOOST_TEST(unstack(zeros({0, 2}), 0).empty());
  Tensor total = zeros({2});
  for (const Tensor& row : rows) total = total + square(row);
  check_values(gradient(sum(total), x)[99], {2}, {396, 398});
}

BOOST_AUTO_TEST_CASE(messages_name_the_position) {
  BOOST_TEST(error_of([] { kX[2]; }) ==
             "[[]] position 2 of axis 0 is out of range for extent 2; it must lie in [-2, 1]");
  BOOST_TEST(error_of([] { kX.at(0, 3); }) == "[at] index (0, 3) is out of range for shape (2, 3)");
  BOOST_TEST(error_of([] { kX.at(0); }) == "[at] index (0,) does not fit shape (2, 3)");
}
