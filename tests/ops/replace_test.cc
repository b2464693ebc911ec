#include "ops/layout/replace.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {
const Tensor kX = reshape(arange(6), {2, 3});  // 0 1 2 | 3 4 5
}

BOOST_AUTO_TEST_CASE(slices_are_replaced) {
  check_values(slice_scatter(kX, tensor({7, 8}), 1, {.start = 1}), {2, 3}, {0, 7, 8, 3, 7, 8});
  check_values(slice_scatter(kX, tensor({7.0}), 0, {.step = -2}), {2, 3}, {0, 1, 2, 7, 7, 7});
  check_values(slice_scatter(kX, tensor(9), {{-1, {}}, {0, 2}}), {2, 3}, {0, 1, 2, 9, 9, 5});
  check_values(select_scatter(kX, tensor(9), 1, -1), {2, 3}, {0, 1, 9, 3, 4, 9});
  check_values(kX, {2, 3}, {0, 1, 2, 3, 4, 5});
}

BOOST_AUTO_TEST_CASE(masks_and_indices_are_replaced) {
  check_values(masked_scatter(kX, kX > 3, tensor({7, 8, 9})), {2, 3}, {0, 1, 2, 3, 7, 8});
  check_values(index_copy(kX, 1, tensor({-1, 0}, DType::i64), ones({2, 2})), {2, 3},
               {1, 1, 1, 1, 4, 1});
  check_values(index_add(kX, 0, tensor({0, -2}, DType::i64), ones({2, 3})), {2, 3},
               {2, 3, 4, 3, 4, 5});
}

BOOST_AUTO_TEST_CASE(what_is_replaced_takes_no_gradient) {
  Tape tape;
  const Tensor x = tape.variable(kX), y = tape.variable(tensor({7.0, 8.0}));
  const Tensor z = slice_scatter(x, y, 1, {.start = 1}) * kX;
  const auto [dx, dy] = gradient(sum(z), x, y);
  check_values(dx, {2, 3}, {0, 0, 0, 3, 0, 0});
  check_values(dy, {2}, {5, 7});
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({3, 4});
  check_derivatives([](const auto& in) { return slice_scatter(in[0], in[1], 1, {.step = -2}); },
                    {x, numbers({1, 2}, 2)});
  check_derivatives([&](const auto& in) { return masked_scatter(in[0], x > 0, in[1] * in[1]); },
                    {x, numbers({12}, 2)});
}
