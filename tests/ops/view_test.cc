#include "ops/layout/view.h"

#include <algorithm>

#include "ops/layout/pad.h"
#include "ops/layout/slice.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {
const Tensor kX = arange(12, DType::f64).to(DType::f32);
const Tensor kMatrix = reshape(kX, {3, 4});  // 0 1 2 3 | 4 5 6 7 | 8 9 10 11
}  // namespace

BOOST_AUTO_TEST_CASE(reshaping) {
  check_values(reshape(kX, {2, -1}), {2, 6}, kX.to_vector());
  BOOST_TEST(reshape(kX, {2, -1}).shares_numbers(kX));
  BOOST_TEST(reshape(transpose(kMatrix), {4, 3, 1}).shares_numbers(kX));
  BOOST_TEST(!reshape(transpose(kMatrix), {12}).shares_numbers(kX));
  check_values(reshape(transpose(kMatrix), {12}), {12}, {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  check_values(reshape(full({}, 3), {1, 1}), {1, 1}, {3});
  check_values(reshape(full({1, 1}, 3), {}), {}, {3});
  check_values(reshape(zeros({0, 3}), {5, 0}), {5, 0}, {});
  const Tensor part = slice(kMatrix, 1, 1, 3);  // its rows do not join
  check_values(reshape(part, {6}), {6}, {1, 2, 5, 6, 9, 10});
  BOOST_TEST(reshape(part, {3, 2, 1}).shares_numbers(part));
  const Tensor backwards = flip(kX);
  BOOST_TEST(reshape(backwards, {3, 4}).shares_numbers(backwards));
  check_values(reshape(backwards, {3, 4}), {3, 4}, backwards.to_vector());
  const Tensor repeated = broadcast_to(full({1, 1}, 2), {3, 4});
  BOOST_TEST(reshape(repeated, {12}).shares_numbers(repeated));
}

BOOST_AUTO_TEST_CASE(reshaping_any_strides) {
  const Tensor x = numbers({2, 6, 4});
  for (const Tensor& y : strided_copies(x))
    for (const Shape& shape : {Shape{48}, Shape{12, 4}, Shape{2, 24}, Shape{2, 3, 2, 4},
                               Shape{3, 16}, Shape{2, 1, 6, 4, 1}})
      BOOST_TEST(same_bits(reshape(x, shape), reshape(y, shape)));
}

BOOST_AUTO_TEST_CASE(copies_of_any_order_of_axes_hold_the_same_elements) {
  const Shape shape{3, 19, 41, 2};
  const Tensor x = arange(shape.size()).to(DType::f64);
  std::vector<int> axes{0, 1, 2, 3};
  do {
    const Tensor turned = permute(reshape(x, shape), Dims{axes[0], axes[1], axes[2], axes[3]});
    for (const Tensor& view : {turned, flip(turned, {1}), slice(turned, 2, 1, std::nullopt)}) {
      const std::vector<double> copied = view.contiguous().to_vector(),
                                cast = view.to(DType::i64).to_vector();
      const Shape& s = view.shape();
      const Strides& stride = view.strides();
      std::size_t at = 0;
      for (std::int64_t i = 0; i < s[0]; ++i)
        for (std::int64_t j = 0; j < s[1]; ++j)
          for (std::int64_t k = 0; k < s[2]; ++k)
            for (std::int64_t l = 0; l < s[3]; ++l, ++at) {
              const double expected = view.data<double>()[i * stride[0] + j * stride[1] +
                                                          k * stride[2] + l * stride[3]];
              BOOST_REQUIRE(copied[at] == expected);
              BOOST_REQUIRE(cast[at] == expected);
            }
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
}

BOOST_AUTO_TEST_CASE(orders) {
  check_values(transpose(kMatrix), {4, 3}, {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  BOOST_TEST(transpose(kMatrix).shares_numbers(kX));
  const Tensor cube = numbers({2, 3, 4});
  BOOST_TEST(same_bits(permute(cube, {2, 0, 1}), transpose(transpose(cube), 0, 1)));
  BOOST_TEST(permute(cube, {-1, 0, 1}).shape() == (Shape{4, 2, 3}));
  BOOST_TEST(permute(zeros({}), {}).rank() == 0);
}

BOOST_AUTO_TEST_CASE(axes_of_extent_one) {
  const Tensor x = zeros({1, 3, 1});
  BOOST_TEST(squeeze(x).shape() == (Shape{3}));
  BOOST_TEST(squeeze(x, -1).shape() == (Shape{1, 3}));
  BOOST_TEST(squeeze(x, {0, 2}).shape() == (Shape{3}));
  BOOST_TEST(unsqueeze(x, 0).shape() == (Shape{1, 1, 3, 1}));
  BOOST_TEST(unsqueeze(kX, -1).shape() == (Shape{12, 1}));
  BOOST_TEST(unsqueeze(kX, -1).shares_numbers(kX));
}

BOOST_AUTO_TEST_CASE(slices_as_in_python) {
  const std::optional<std::int64_t> none;
  const Tensor x = arange(5);
  check_values(slice(x, 0, 1, 3), {2}, {1, 2});
  check_values(slice(x, 0, -2, none), {2}, {3, 4});
  check_values(slice(x, 0, none, -3), {2}, {0, 1});
  check_values(slice(x, 0, {.step = 2}), {3}, {0, 2, 4});
  check_values(slice(x, 0, {.step = -1}), {5}, {4, 3, 2, 1, 0});
  check_values(slice(x, 0, {.step = -2}), {3}, {4, 2, 0});
  check_values(slice(x, 0, 3, 0, -1), {3}, {3, 2, 1});
  check_values(slice(x, 0, 3, none, -2), {2}, {3, 1});
  check_values(slice(x, 0, -100, 100), {5}, {0, 1, 2, 3, 4});
  check_values(slice(x, 0, 100, -100, -3), {2}, {4, 1});
  check_values(slice(x, 0, 3, 1), {0}, {});
  check_values(slice(zeros({0}), 0, {.step = -1}), {0}, {});
  check_values(slice(kMatrix, {{1, 3}, {.step = -2}}), {2, 2}, {7, 5, 11, 9});
  BOOST_TEST(slice(slice(kMatrix, 1, 0, 4), 0, 0, 2).shares_numbers(kX));
  check_values(flip(kMatrix, 0), {3, 4}, {8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3});
  check_values(flip(tensor({1, 2})), {2}, {2, 1});
  check_values(slice(transpose(kMatrix), 0, {.start = 1, .step = 2}), {2, 3}, {1, 5, 9, 3, 7, 11});
}

BOOST_AUTO_TEST_CASE(padding) {
  check_values(pad(tensor({{1, 2}}), {{1, 0}, {0, 1}}, 7), {2, 3}, {7, 7, 7, 1, 2, 7});
  check_values(pad(zeros({0}), {{1, 1}}, 2), {2}, {2, 2});
  check_values(pad(slice(arange(3), 0, {.step = -1}), {{0, 1}}), {4}, {2, 1, 0, 0});
  BOOST_TEST(pad(tensor({1}).to(DType::i64), {{0, 1}}).dtype() == DType::i64);
}

BOOST_AUTO_TEST_CASE(adjoints_return_to_their_places) {
  Tape tape;
  const Tensor x = tape.variable(arange(5));
  check_values(gradient(slice(x, 0, {.step = -2}), x, {.cotangent = tensor({1, 2, 3})}), {5},
               {3, 0, 2, 0, 1});
  const Tensor y = sum(slice(x, 0, 1, 3)) + sum(slice(x, 0, 2, 5));
  check_values(gradient(y, x), {5}, {0, 1, 2, 1, 1});
}

BOOST_AUTO_TEST_CASE(derivatives) {
  const Tensor x = numbers({3, 4});
  check_derivatives([](const auto& in) { return reshape(transpose(in[0]), {6, 2}); }, {x});
  check_derivatives(
      [](const auto& in) {
        return permute(reshape(in[0], {3, 2, 2}), {2, 0, 1});
      },
      {x});
  check_derivatives(
      [](const auto& in) {
        return slice(square(in[0]), {{2, 0, -1}, {.step = 3}});
      },
      {x});
  check_derivatives([](const auto& in) { return pad(square(in[0]), {{1, 2}, {0, 1}}, 3); }, {x});
  check_derivatives([](const auto& in) { return flip(in[0], 1) * in[0]; }, {x});
  check_derivatives([](const auto& in) { return squeeze(unsqueeze(in[0], 1)) * in[0]; }, {x});
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] {
               reshape(zeros({2, 3}), {4, -1});
             }) == "[reshape] (2, 3) has 6 elements, which do not fill (4, -1)");
  BOOST_TEST(error_of([] {
               reshape(zeros({0}), {0, -1});
             }) == "[reshape] (0,) has 0 elements, which do not fill (0, -1)");
  BOOST_TEST(error_of([] {
               reshape(zeros({6}), {-2, 3});
             }) == "[reshape] shape (-2, 3) has the extent -2; extents are at least 0, or -1");
  BOOST_TEST(error_of([] { transpose(zeros({3})); }) ==
             "[transpose] shape (3,) has no last two axes to exchange");
  BOOST_TEST(error_of([] {
               permute(zeros({2, 3}), {0, 0});
             }) == "[permute] axis 0 is named twice in (0, 0); name each axis once");
  BOOST_TEST(error_of([] {
               squeeze(zeros({2, 3}), 1);
             }) ==
             "[squeeze] axis 1 of shape (2, 3) has extent 3; only an extent of 1 can be removed");
  BOOST_TEST(error_of([] { slice(zeros({3}), 0, {.step = 0}); }) ==
             "[slice] the step is 0; it must be positive or negative");
  BOOST_TEST(error_of([] { slice(zeros({3}), 1, 0, 1); }) ==
             "[slice] axis 1 is out of range for rank 1; it must lie in [-1, 0]");
}
