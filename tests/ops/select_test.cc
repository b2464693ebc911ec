#include "ops/layout/select.h"

#include <cmath>

#include "ops/layout/search.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

Tensor indices(const std::vector<std::int64_t>& values, const Shape& shape) {
  return from_vector(values, shape);
}

const Tensor kX = reshape(arange(6), {3, 2});  // 0 1 | 2 3 | 4 5

}  // namespace

BOOST_AUTO_TEST_CASE(taking_along_an_axis) {
  check_values(take_along_axis(kX, indices({1, 0, 1}, {3, 1}), 1), {3, 1}, {1, 2, 5});
  check_values(take_along_axis(kX, indices({1, 1, 0}, {1, 3}), 1), {3, 3},
               {1, 1, 0, 3, 3, 2, 5, 5, 4});
  const Tensor order = indices({2, 0, 1}, {3, 1});
  check_values(take_along_axis(kX, order, 0), {3, 2}, {4, 5, 0, 1, 2, 3});
  check_values(index_select(kX, 1, indices({1, 1}, {2})), {3, 2}, {1, 1, 3, 3, 5, 5});
}

BOOST_AUTO_TEST_CASE(scattering) {
  const Tensor places = indices({0, 2, 0, 1}, {2, 2}), source = tensor({{10, 20}, {30, 40}});
  check_values(scatter(kX, 0, places, source), {3, 2}, {30, 1, 2, 40, 4, 20});
  check_values(scatter(kX, 1, indices({1, 0}, {2, 1}), 9), {3, 2}, {0, 9, 9, 3, 4, 5});
  check_values(scatter(kX, 0, zeros({0, 2}, DType::i64), zeros({0, 2})), {3, 2},
               {0, 1, 2, 3, 4, 5});
  BOOST_TEST(scatter(kX.to(DType::i64), 0, places, source).dtype() == DType::f32);
}

BOOST_AUTO_TEST_CASE(only_what_stays_has_a_gradient) {
  Tape tape;
  const Tensor x = tape.variable(kX), s = tape.variable(tensor({{1, 2}, {3, 4}}));
  const auto [dx, ds] = gradient(sum(scatter(x, 0, indices({0, 2, 0, 1}, {2, 2}), s)), x, s);
  check_values(dx, {3, 2}, {0, 1, 1, 0, 1, 0});
  check_values(ds, {2, 2}, {0, 1, 1, 1});
}

BOOST_AUTO_TEST_CASE(filling) {
  check_values(masked_fill(kX, kX > 2, -1), {3, 2}, {0, 1, 2, -1, -1, -1});
  check_values(masked_fill(kX, tensor({0, 1}, DType::boolean), 7), {3, 2}, {0, 7, 2, 7, 4, 7});
  BOOST_TEST(masked_fill(kX.to(DType::i64), kX > 2, 8).dtype() == DType::i64);
  BOOST_TEST(std::isinf(masked_fill(full({}, 1), ones({}, DType::boolean), INFINITY).item()));
}

BOOST_AUTO_TEST_CASE(finding) {
  check_values(nonzero(tensor({{0, 2}, {3, 0}})), {2, 2}, {0, 1, 1, 0});
  check_values(nonzero(transpose(tensor({{0, 2}, {3, 0}, {0, 1}}))), {3, 2}, {0, 1, 1, 0, 1, 2});
  check_values(nonzero(full({}, 3)), {1, 0}, {});
  check_values(nonzero(zeros({2, 0})), {0, 2}, {});
}

BOOST_AUTO_TEST_CASE(searching) {
  const Tensor sorted = tensor({1, 2, 2, 4});
  check_values(searchsorted(sorted, tensor({0, 2, 3, 9})), {4}, {0, 1, 3, 4});
  check_values(searchsorted(sorted, tensor({0, 2, 3, 9}), {.right = true}), {4}, {0, 3, 3, 4});
  check_values(searchsorted(tensor({{1, 3}, {0, 1}}), tensor({{2, 0}, {2, 0}})), {2, 2},
               {1, 0, 2, 0});
  check_values(searchsorted(sorted, tensor({NAN, INFINITY})), {2}, {4, 4});
  check_values(searchsorted(sorted, full({}, 2)), {}, {1});
  check_values(searchsorted(zeros({0}), ones({2})), {2}, {0, 0});
}
