#include "ops/product/tensordot.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

BOOST_AUTO_TEST_CASE(tensordot_sums_pairs_of_axes) {
  const Tensor a = numbers({2, 3, 4}), b = numbers({3, 4, 5}), c = numbers({4, 2});
  BOOST_TEST(distance(tensordot(a, b), matmul(reshape(a, {2, 12}), reshape(b, {12, 5}))) < 1e-15);
  BOOST_TEST(distance(tensordot(a, c, 1), matmul(a, c)) < 1e-15);
  const Tensor trace = tensordot(a, c, {0, 2}, {1, 0});
  BOOST_TEST(distance(trace, sum(a * unsqueeze(transpose(c), 1), {.axis = {0, 2}})) < 1e-15);
  BOOST_TEST((tensordot(a, c, 0).shape() == Shape{2, 3, 4, 4, 2}));
  BOOST_TEST(tensordot(ones({2}, DType::boolean), ones({2}, DType::boolean), 1).item() == 2);
  check_values(tensordot(zeros({2, 0}), zeros({0, 3}), 1), {2, 3}, {0, 0, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(batches_and_sums) {
  const Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({{0, 1}, {1, 0}});
  check_values(bmm(unsqueeze(a, 0), unsqueeze(b, 0)), {1, 2, 2}, {2, 1, 4, 3});
  check_values(addmm(tensor({10, 20}), a, b), {2, 2}, {12, 21, 14, 23});
  check_values(addmm(full({}, 1), a, b, {.beta = 2, .alpha = -1}), {2, 2}, {0, 1, -2, -1});
}
