#include "ops/product/matmul.h"

#include "ops/product/packed.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

// By definition: sums of products in double.
Tensor plain_product(const Tensor& a, const Tensor& b) {
  const std::int64_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  const std::vector<double> p = a.to_vector(), q = b.to_vector();
  std::vector<double> c(static_cast<std::size_t>(m * n), 0);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t l = 0; l < k; ++l)
      for (std::int64_t j = 0; j < n; ++j)
        c[static_cast<std::size_t>(i * n + j)] +=
            p[static_cast<std::size_t>(i * k + l)] * q[static_cast<std::size_t>(l * n + j)];
  return from_vector(c, {m, n});
}

const auto kProduct = [](const auto& in) { return matmul(in[0], in[1]); };

}  // namespace

BOOST_AUTO_TEST_CASE(by_hand) {
  const Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({{5, 6}, {7, 8}});
  check_values(matmul(a, b), {2, 2}, {19, 22, 43, 50});
  check_values(matmul(transpose(a), b), {2, 2}, {26, 30, 38, 44});
  check_values(matmul(a, tensor({1, 10})), {2}, {21, 43});
  check_values(matmul(tensor({1, 10}), a), {2}, {31, 42});
  check_values(matmul(tensor({1, 10}), tensor({2, 3})), {}, {32});
  check_values(dot(tensor({1, 10}), tensor({2, 3})), {}, {32});
  check_values(outer(tensor({1, 10}), tensor({2, 3, 4})), {2, 3}, {2, 3, 4, 20, 30, 40});
  check_values(matmul(a.to(DType::i64), b.to(DType::i64)), {2, 2}, {19, 22, 43, 50});
}

BOOST_AUTO_TEST_CASE(sizes) {
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{{1, 1, 1},
                                                                        {1, 7, 1},
                                                                        {1, 70000, 1},
                                                                        {5, 9, 1},
                                                                        {1, 9, 5},
                                                                        {3, 4, 5},
                                                                        {17, 33, 65},
                                                                        {64, 784, 128},
                                                                        {130, 70, 300},
                                                                        {200, 500, 90},
                                                                        {33, 700, 1000}}) {
    const Tensor a = numbers({m, k}, 1), b = numbers({k, n}, 2), expected = plain_product(a, b);
    BOOST_TEST(distance(matmul(a, b), expected) < 1e-12);
    BOOST_TEST(distance(matmul(a.to(DType::f32), b.to(DType::f32)).to(DType::f64), expected) <
               1e-4);
    for (const Tensor& left : strided_copies(a))
      for (const Tensor& right : strided_copies(b))
        BOOST_TEST(distance(matmul(left, right), expected) < 1e-12);
  }
}

// Operands that are packed piece by piece, and sums that are made of parts.
BOOST_AUTO_TEST_CASE(large_operands) {
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{{9, 3000, 3000},
                                                                        {30000, 16, 9},
                                                                        {100, 9000, 70},
                                                                        {5, 1000, 300},
                                                                        {300, 1000, 5},
                                                                        {9, 140000, 10}}) {
    const Tensor a = numbers({m, k}, 1).to(DType::f32), b = numbers({k, n}, 2).to(DType::f32);
    const Tensor expected = plain_product(a, b), columns = transpose(transpose(b).contiguous());
    BOOST_TEST(distance(matmul(a, b).to(DType::f64), expected) < 1e-3);
    // Libraries multiply the others, and add in another order where an operand lies by columns.
    if (detail::is_worth_packing({m, n, k}))
      BOOST_TEST(same_bits(matmul(a, b), matmul(a, columns)));
    BOOST_TEST(distance(matmul(a.to(DType::f64), b.to(DType::f64)), expected) < 1e-11);
  }
}

// An element is the same sum whatever else the result has.
BOOST_AUTO_TEST_CASE(parts_of_a_large_product_are_products) {
  const Tensor a = numbers({301, 500}, 1).to(DType::f32), b = numbers({500, 270}, 2).to(DType::f32);
  const Tensor all = matmul(a, b);
  for (const auto [top, bottom, from, to] : std::vector<std::array<std::int64_t, 4>>{
           {0, 301, 0, 160}, {13, 200, 7, 270}, {290, 301, 1, 201}})
    BOOST_TEST(same_bits(matmul(slice(a, 0, top, bottom), slice(b, 1, from, to)),
                         slice(slice(all, 0, top, bottom), 1, from, to)));
}

BOOST_AUTO_TEST_CASE(nothing) {
  check_values(matmul(zeros({2, 0}), zeros({0, 3})), {2, 3}, {0, 0, 0, 0, 0, 0});
  check_values(matmul(zeros({0, 2}), zeros({2, 3})), {0, 3}, {});
  check_values(matmul(zeros({4, 0, 2}), zeros({2, 3})), {4, 0, 3}, {});
  check_values(dot(zeros({0}), zeros({0})), {}, {0});
}

BOOST_AUTO_TEST_CASE(dtypes) {
  const Tensor a = ones({2, 2}), b = ones({2, 2}, DType::f64);
  BOOST_TEST(matmul(a, b).dtype() == DType::f64);
  BOOST_TEST(matmul(a, a).dtype() == DType::f32);
  BOOST_TEST(matmul(a, a.to(DType::boolean)).dtype() == DType::f32);
  BOOST_TEST(matmul(a.to(DType::boolean), a.to(DType::boolean)).dtype() == DType::i64);
  Tape tape;
  const Tensor x = tape.variable(a);
  BOOST_TEST(gradient(sum(matmul(x, b)), x).dtype() == DType::f32);
}

BOOST_AUTO_TEST_CASE(strides_of_single_rows_and_columns) {
  const Tensor x = numbers({6, 6}), column = slice(x, 1, 2, 3), row = slice(x, 0, 3, 4),
               y = numbers({6, 1}, 2);
  BOOST_TEST(distance(matmul(x, column), plain_product(x, column)) < 1e-14);
  BOOST_TEST(distance(matmul(row, x), plain_product(row, x)) < 1e-14);
  BOOST_TEST(distance(matmul(row, column), plain_product(row, column)) < 1e-14);
  BOOST_TEST(distance(matmul(column, row), plain_product(column, row)) < 1e-14);
  BOOST_TEST(distance(matmul(transpose(column), x), plain_product(transpose(column), x)) < 1e-14);
  const Tensor repeated_rows = broadcast_to(y, {6, 4}),
               repeated_columns = broadcast_to(transpose(y), {4, 6});
  BOOST_TEST(distance(matmul(x, repeated_rows), plain_product(x, repeated_rows)) < 1e-14);
  BOOST_TEST(distance(matmul(repeated_columns, x), plain_product(repeated_columns, x)) < 1e-14);
  BOOST_TEST(distance(matmul(broadcast_to(ones({}, DType::f64), {1, 6}), x),
                      sum(x, {.axis = 0, .keepdims = true})) < 1e-14);
}

BOOST_AUTO_TEST_CASE(batches) {
  const Tensor a = numbers({5, 1, 2, 3}, 1), b = numbers({4, 3, 2}, 2);
  const Tensor c = matmul(a, b);
  BOOST_TEST(c.shape() == (Shape{5, 4, 2, 2}));
  for (std::int64_t i = 0; i < 5; ++i)
    for (std::int64_t j = 0; j < 4; ++j) {
      const Tensor left = reshape(slice(a, {{i, i + 1}}), {2, 3}),
                   right = reshape(slice(b, {{j, j + 1}}), {3, 2});
      const Tensor part = reshape(slice(c, {{i, i + 1}, {j, j + 1}}), {2, 2});
      BOOST_TEST(distance(part, plain_product(left, right)) < 1e-14);
    }
  // One right-hand side for all: the batch is only more rows, wherever its rows lie.
  const Tensor d = numbers({3, 2}, 3);
  for (const Tensor& x :
       {numbers({5, 2, 3}), permute(numbers({2, 5, 3}), {1, 0, 2}), numbers({5, 1, 2, 3}),
        slice(numbers({5, 1, 4, 3}), 2, 1, 3), slice(numbers({5, 2, 3}), 0, {.step = -2}),
        broadcast_to(numbers({2, 3}), {4, 2, 3}), numbers({5, 1, 3})}) {
    Shape shape = x.shape();
    shape[shape.rank() - 1] = 2;
    const Tensor flat = reshape(x, {-1, 3});
    BOOST_TEST(distance(matmul(x, d), reshape(plain_product(flat, d), shape)) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  check_derivatives(kProduct, {numbers({2, 3}, 1), numbers({3, 4}, 2)});
  check_derivatives(kProduct, {numbers({3}, 1), numbers({3, 4}, 2)});
  check_derivatives(kProduct, {numbers({2, 3}, 1), numbers({3}, 2)});
  check_derivatives(kProduct, {numbers({2, 2, 3}, 1), numbers({3, 2}, 2)});
  check_derivatives(kProduct, {numbers({2, 3}, 1), numbers({2, 3, 2}, 2)});
  check_derivatives(kProduct, {numbers({2, 1, 2, 2}, 1), numbers({3, 2, 2}, 2)});
  check_derivatives([](const auto& in) { return dot(in[0], in[1]); },
                    {numbers({4}, 1), numbers({4}, 2)});
  check_derivatives([](const auto& in) { return outer(in[0], in[1]); },
                    {numbers({2}, 1), numbers({3}, 2)});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{{64, 784, 128},
                                                                        {784, 64, 128},
                                                                        {512, 512, 512},
                                                                        {100, 1000, 100},
                                                                        {33, 3000, 47},
                                                                        {64, 6272, 10},
                                                                        {20, 9000, 40},
                                                                        {2000, 30, 3},
                                                                        {1, 900, 900},
                                                                        {900, 900, 1},
                                                                        {1, 1000000, 1},
                                                                        {3, 100000, 2}}) {
    Rng rng(1);
    const Tensor a = randn({m, k}, rng), b = randn({k, n}, rng), c = transpose(randn({n, k}, rng));
    const Tensor at = transpose(randn({k, m}, rng));
    check_threads([&] { return matmul(a, b); });
    check_threads([&] { return matmul(at, b); });
    check_threads([&] { return matmul(a, c); });
    if (m * k * n < 20'000'000)
      check_threads([&, wide = a.to(DType::f64)] { return matmul(wide, b.to(DType::f64)); });
  }
  const Tensor batch = numbers({20, 60, 70}), right = numbers({20, 70, 50});
  check_threads([&] { return matmul(batch, right); });
}

BOOST_AUTO_TEST_CASE(inside_a_parallel_region) {
  Rng rng(1);
  const Tensor a = randn({300, 300}, rng), outside = matmul(a, a);
  bool same[2] = {};
#pragma omp parallel for num_threads(2)
  for (int i = 0; i < 2; ++i) same[i] = same_bits(outside, matmul(a, a));
  BOOST_TEST(same[0]);
  BOOST_TEST(same[1]);
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_TEST(error_of([] {
               matmul(zeros({2, 3}), zeros({4, 5}));
             }) == "[matmul] inner extents differ: (2, 3) x (4, 5); the 3 and the 4 must be equal");
  BOOST_TEST(error_of([] { matmul(zeros({3}), zeros({4})); }) ==
             "[matmul] inner extents differ: (3,) x (4,); the 3 and the 4 must be equal");
  BOOST_TEST(error_of([] { matmul(zeros({}), zeros({2})); }) ==
             "[matmul] operands need at least one axis: () x (2,); multiply by a number with *");
  BOOST_TEST(error_of([] {
               matmul(zeros({2, 1, 1}), zeros({3, 1, 1}));
             }) ==
             "[matmul] shapes (2,) and (3,) do not broadcast: the 2 and the 3 must be equal, or "
             "one of them 1");
  BOOST_TEST(error_of([] { dot(zeros({2}), zeros({3})); }) ==
             "[dot] lengths differ: (2,) and (3,); the 2 and the 3 must be equal");
}
