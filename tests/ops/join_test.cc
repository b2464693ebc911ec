#include "ops/layout/join.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

BOOST_AUTO_TEST_CASE(concatenation) {
  const Tensor x = tensor({{1, 2}, {3, 4}}), y = tensor({{5}, {6}});
  check_values(concat({x, y}, 1), {2, 3}, {1, 2, 5, 3, 4, 6});
  check_values(concat({x, transpose(x)}), {4, 2}, {1, 2, 3, 4, 1, 3, 2, 4});
  check_values(concat({x}, -1), {2, 2}, {1, 2, 3, 4});
  check_values(concat({zeros({0, 2}), x}), {2, 2}, {1, 2, 3, 4});
  BOOST_TEST(concat({x, y.to(DType::i64)}, 1).dtype() == DType::f32);
  BOOST_TEST(concat({x, y.to(DType::f64)}, 1).dtype() == DType::f64);
}

BOOST_AUTO_TEST_CASE(stacking) {
  const Tensor x = tensor({1, 2}), y = tensor({3, 4});
  check_values(stack({x, y}), {2, 2}, {1, 2, 3, 4});
  check_values(stack({x, y}, -1), {2, 2}, {1, 3, 2, 4});
  check_values(stack({full({}, 5), full({}, 6)}), {2}, {5, 6});
  Tape tape;  // beside the stack of scalars
  const Scalar s = tape.variable(2.0), t = tape.variable(3.0);
  check_values(stack({s, t}), {2}, {2, 3});
}

BOOST_AUTO_TEST_CASE(splitting) {
  const Tensor x = reshape(arange(10), {2, 5});
  const auto parts = split(x, {1, 0, 4}, 1);
  BOOST_REQUIRE(parts.size() == 3);
  check_values(parts[0], {2, 1}, {0, 5});
  check_values(parts[1], {2, 0}, {});
  check_values(parts[2], {2, 4}, {1, 2, 3, 4, 6, 7, 8, 9});
  for (const Tensor& half : split(x, 2)) BOOST_TEST(half.shape() == (Shape{1, 5}));
  BOOST_TEST(parts[0].shares_numbers(x));
}

BOOST_AUTO_TEST_CASE(unused_parts_count_as_zeros) {
  Tape tape;
  const Tensor x = tape.variable(arange(6));
  const auto parts = split(x, 3);
  check_values(gradient(sum(parts[1] * parts[1]), x), {6}, {0, 0, 4, 6, 0, 0});
  check_values(gradient(sum(parts[2] * 2 + parts[0]), x), {6}, {1, 1, 0, 0, 2, 2});
  check_values(gradient(sum(parts[1] * 3), parts[1]), {2}, {3, 3});
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({2, 3}, 1), y = numbers({2, 2}, 2), z = numbers({2, 3}, 3);
  check_derivatives([](const auto& in) { return square(concat(in, 1)); }, {x, y});
  check_derivatives([](const auto& in) { return square(stack({in[0], in[1], in[0]}, 1)); }, {x, z});
  check_derivatives(
      [](const auto& in) {
        const auto parts = split(in[0], {1, 2}, 1);
        return square(parts[1]) * parts[0];
      },
      {x});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  const Tensor x = numbers({300, 200}), y = transpose(numbers({200, 300}));
  check_threads([&] { return concat({x, y, x}, 1); });
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] { concat({}); }) ==
             "[concat] there are no tensors; at least one is needed");
  BOOST_TEST(error_of([] {
               concat({zeros({2, 3}), zeros({2, 4})});
             }) ==
             "[concat] tensor 1 has shape (2, 4), tensor 0 has (2, 3); all extents but that of "
             "axis 0 must be equal");
  BOOST_TEST(error_of([] {
               concat({zeros({2, 3}), zeros({2})});
             }) ==
             "[concat] tensor 1 has shape (2,), tensor 0 has (2, 3); all extents but that of axis "
             "0 must be equal");
  BOOST_TEST(error_of([] {
               stack({zeros({2}), zeros({3})});
             }) == "[stack] tensor 1 has shape (3,), tensor 0 has (2,); all shapes must be equal");
  BOOST_TEST(error_of([] { split(zeros({5}), 2); }) ==
             "[split] axis 0 of shape (5,) does not split into 2 equal parts");
  BOOST_TEST(error_of([] {
               split(zeros({5}), {2, 2});
             }) == "[split] the sizes (2, 2) do not make up axis 0 of shape (5,)");
}
