// Triangles, Cholesky, equations, determinants.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::test;

BOOST_AUTO_TEST_SUITE(triangles)

BOOST_AUTO_TEST_CASE(by_hand) {
  const Tensor x = tensor({{1, 2, 3}, {4, 5, 6}});
  check_values(tril(x), {2, 3}, {1, 0, 0, 4, 5, 0});
  check_values(tril(x, 1), {2, 3}, {1, 2, 0, 4, 5, 6});
  check_values(tril(x, -1), {2, 3}, {0, 0, 0, 4, 0, 0});
  check_values(tril(x, -5), {2, 3}, {0, 0, 0, 0, 0, 0});
  check_values(triu(x), {2, 3}, {1, 2, 3, 0, 5, 6});
  check_values(triu(x, 2), {2, 3}, {0, 0, 3, 0, 0, 0});
  check_values(triu(x, -1), {2, 3}, {1, 2, 3, 4, 5, 6});
  check_values(triu(x.to(DType::i64), 1), {2, 3}, {0, 2, 3, 0, 0, 6});
  check_values(diagonal(x), {2}, {1, 5});
  check_values(diagonal(x, 2), {1}, {3});
  check_values(diagonal(x, -1), {1}, {4});
  check_values(diagonal(x, 3), {0}, {});
  check_values(diagonal(x, -7), {0}, {});
  check_values(diag(tensor({1, 2})), {2, 2}, {1, 0, 0, 2});
  check_values(diag(tensor({1, 2}), -1), {3, 3}, {0, 0, 0, 1, 0, 0, 0, 2, 0});
  check_values(diag(x, 1), {2}, {2, 6});
  check_values(diag_embed(x).contiguous(), {2, 3, 3},
               {1, 0, 0, 0, 2, 0, 0, 0, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6});
  check_values(trace(x), {}, {6});
  check_values(trace(stack({x, 2 * x})), {2}, {6, 12});
  check_values(trace(zeros({0, 3})), {}, {0});
  BOOST_TEST(diagonal(x).shares_numbers(x));
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_does_not_count) {
  const Tensor x = f64({{1, kNan}, {2, 3}});
  check_values(tril(x), {2, 2}, {1, 0, 2, 3});
  check_values(slope([](const Tensor& a) { return sum(square(tril(a))); }, x), {2, 2},
               {2, 0, 4, 6});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(factors)

BOOST_AUTO_TEST_CASE(cholesky_by_hand) {
  check_values(cholesky(f64({{4, 2}, {2, 10}})), {2, 2}, {2, 0, 1, 3});
  check_values(cholesky(f64({{4, 3}, {1, 10}})), {2, 2}, {2, 0, 1, 3});  // the symmetric part
  check_values(cholesky(zeros({0, 0})), {0, 0}, {});
  check_values(cholesky(zeros({0, 2, 2})), {0, 2, 2}, {});
  // L11 = sqrt(a), so dL11/da = 1 / (2 sqrt(a)).
  check_values(slope([](const Tensor& a) { return sum(cholesky(a)); }, f64({{4}})), {1, 1}, {0.25});
}

BOOST_AUTO_TEST_CASE(cholesky_makes_up_a) {
  for (const std::int64_t n : {1, 2, 5, 33, 150}) {
    const Tensor a = positive_definite({2, n, n}), l = cholesky(a);
    check_near(matmul(l, transpose(l)), a, 1e-13);
    check_near(triu(l, 1), zeros({2, n, n}), 1e-300);
    const Tensor single = cholesky(a.to(DType::f32));
    BOOST_TEST(single.dtype() == DType::f32);
    check_near(single, l, 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(cholesky_gradients) {
  // log det A = 2 sum log diag L, with the gradient A^-T.
  const Tensor a = positive_definite({4, 4});
  const Tensor g = slope([](const Tensor& x) { return 2 * sum(log(diagonal(cholesky(x)))); }, a);
  check_near(g, inverse(a), 1e-13);
  check_near(g, transpose(g), 1e-16);
  check_derivatives([](const auto& in) { return cholesky(in[0]); }, {positive_definite({3, 3})});
}

BOOST_AUTO_TEST_CASE(solve_by_hand) {
  const Tensor a = f64({{2, 1}, {1, 3}});
  check_near(solve(a, f64({3, 5})), f64({0.8, 1.4}));
  check_near(solve(a, f64({{3, 1}, {5, 3}})), f64({{0.8, 0}, {1.4, 1}}));
  check_near(inverse(a), f64({{0.6, -0.2}, {-0.2, 0.4}}));
  check_near(triangular_solve(a, f64({2, 7})), f64({1, 2}));
  check_near(triangular_solve(a, f64({4, 6}), {.upper = true}), f64({1, 2}));
  check_near(triangular_solve(a, f64({4, 6}), {.transpose = true}), f64({1, 2}));
  check_near(triangular_solve(a, f64({2, 4}), {.unit = true}), f64({2, 2}));
  check_values(solve(zeros({0, 0}), zeros({0, 3})), {0, 3}, {});
  check_values(solve(zeros({0, 0}), zeros({0})), {0}, {});
  check_values(solve(eye(2), zeros({2, 0})), {2, 0}, {});
  check_values(triangular_solve(eye(2), zeros({2, 0})), {2, 0}, {});
  check_values(inverse(zeros({3, 0, 0})), {3, 0, 0}, {});
}

BOOST_AUTO_TEST_CASE(solutions_solve) {
  for (const std::int64_t n : {1, 3, 40, 130}) {
    const Tensor a = dominant({2, n, n}) + static_cast<double>(n) * identity(n);
    const Tensor b = numbers({n, 3}, 2);
    check_near(matmul(a, solve(a, b)), broadcast_to(b, {2, n, 3}), 1e-13);
    check_near(matmul(a, inverse(a)), broadcast_to(identity(n), {2, n, n}), 1e-13);
    for (const bool upper : {false, true})
      for (const bool turned : {false, true})
        for (const bool unit : {false, true}) {
          Tensor t = upper ? triu(a) : tril(a);
          if (unit)
            t = (upper ? triu(a, 1) : tril(a, -1)) / static_cast<double>(2 * n) + identity(n);
          const Tensor x = triangular_solve(unit ? t + diag_embed(full({n}, 7, DType::f64)) : t, b,
                                            {upper, turned, unit});
          check_near(matmul(turned ? transpose(t) : t, x), broadcast_to(b, {2, n, 3}), 1e-12);
        }
  }
}

BOOST_AUTO_TEST_CASE(the_other_triangle_is_not_read) {
  const Tensor a = f64({{2, kNan}, {1, 4}});
  check_near(triangular_solve(a, f64({2, 9})), f64({1, 2}));
  const Tensor g = slope([](const Tensor& x) { return sum(triangular_solve(x, f64({2, 9}))); }, a);
  BOOST_TEST(g.to_vector()[1] == 0);
  check_near(g, f64({{-0.375, 0}, {-0.25, -0.5}}));
}

BOOST_AUTO_TEST_CASE(shapes_meet) {
  const Tensor a = dominant({3, 2, 2}), b = numbers({4, 1, 2, 5}), v = numbers({2});
  BOOST_TEST((solve(a, b).shape() == Shape{4, 3, 2, 5}));
  BOOST_TEST((solve(a, v).shape() == Shape{3, 2}));
  BOOST_TEST((triangular_solve(a, v).shape() == Shape{3, 2}));
  BOOST_TEST(solve(a.to(DType::f32), v).dtype() == DType::f64);
  BOOST_TEST(solve(a, v.to(DType::i64)).dtype() == DType::f64);
  check_batch([&](const Tensor& x) { return solve(x, v); }, a);
  check_batch([](const Tensor& x) { return inverse(x); }, a);
  check_batch([](const Tensor& x) { return det(x); }, a);
  check_batch([](const Tensor& x) { return slogdet(x).logabsdet; }, a);
  check_batch([](const Tensor& x) { return cholesky(x); }, positive_definite({3, 4, 4}));
  check_batch([](const Tensor& x) { return triangular_solve(x, numbers({2, 2})); }, a);
}

BOOST_AUTO_TEST_CASE(solve_gradients) {
  // b^T A^-1 c has the gradient -A^-T b c^T A^-T.
  const Tensor a = dominant({4, 4}), b = numbers({4}, 2), c = numbers({4}, 3);
  const Tensor g = slope([&](const Tensor& x) { return dot(b, solve(x, c)); }, a);
  check_near(g, -outer(solve(transpose(a), b), solve(a, c)), 1e-14);
  check_near(slope([&](const Tensor& x) { return dot(b, matmul(inverse(x), c)); }, a), g, 1e-14);
  check_derivatives([](const auto& in) { return solve(in[0], in[1]); }, {a, b});
  check_derivatives([](const auto& in) { return inverse(in[0]); }, {a});
  // x^-2 for one by one matrices: derivatives -2 x^-3 and 6 x^-4.
  Tape tape;
  const Tensor x = tape.variable(f64({{2}}));
  const Tensor first = gradient(sum(matrix_power(x, -2)), x, {.create_graph = true});
  check_near(first, f64({{-0.25}}));
  check_near(gradient(sum(first), x), f64({{0.375}}));
}

BOOST_AUTO_TEST_CASE(powers) {
  const Tensor a = dominant({3, 3}) / 4, b = inverse(a);
  check_near(matrix_power(a, 0), identity(3));
  check_near(matrix_power(a, 1), a);
  check_near(matrix_power(a, 5), matmul(a, matmul(matmul(a, a), matmul(a, a))), 1e-13);
  check_near(matrix_power(a, -3), matmul(b, matmul(b, b)), 1e-13);
  check_near(matrix_power(f64({{1, 1}, {1, 0}}), 20), f64({{10946, 6765}, {6765, 4181}}));
  check_near(matrix_power(identity(2), std::numeric_limits<std::int64_t>::min()), identity(2));
}

BOOST_AUTO_TEST_CASE(determinants) {
  check_near(det(f64({{1, 2}, {3, 4}})), f64(-2.0));
  check_near(det(f64({{0, 1}, {1, 0}})), f64(-1.0));
  check_values(det(zeros({2, 0, 0})), {2}, {1, 1});
  check_values(det(zeros({3, 3})), {}, {0});
  const auto [sign, logabs] = slogdet(f64({{{0, 2}, {3, 0}}, {{1, 0}, {0, 2}}, {{1, 2}, {2, 4}}}));
  check_values(sign, {3}, {-1, 1, 0});
  check_near(slice(logabs, 0, 0, 2), log(f64({6, 2})));
  BOOST_TEST(logabs.to_vector()[2] == -kInfinity);
  const Tensor large = 1e10 * identity(50);
  BOOST_TEST(std::isinf(det(large).item()));
  check_near(slogdet(large).logabsdet, f64(500 * std::log(10.0)));
  const Tensor empty = slogdet(zeros({0, 0})).logabsdet;
  check_values(empty, {}, {0});
}

BOOST_AUTO_TEST_CASE(determinant_gradients) {
  const Tensor a = dominant({4, 4});
  check_near(slope([](const Tensor& x) { return slogdet(x).logabsdet; }, a), transpose(inverse(a)),
             1e-14);
  check_near(slope([](const Tensor& x) { return det(x); }, a), det(a) * transpose(inverse(a)),
             1e-14);
  check_derivatives([](const auto& in) { return det(in[0]); }, {a / 3});
  check_derivatives([](const auto& in) { return slogdet(in[0]).logabsdet; }, {a});
}

BOOST_AUTO_TEST_CASE(determinants_of_singular_matrices_are_smooth) {
  const auto f = [](const Tensor& x) { return sum(det(x)); };
  check_near(slope(f, f64({{1, 2}, {2, 4}})), f64({{4, -2}, {-2, 1}}));
  check_near(slope(f, f64({{0}})), f64({{1}}));
  check_near(slope(f, zeros({3, 3}, DType::f64)), zeros({3, 3}, DType::f64));
  // In a batch, beside a regular matrix.
  const Tensor batch = f64({{{1, 2}, {2, 4}}, {{2, 0}, {0, 3}}});
  check_near(slope(f, batch), f64({{{4, -2}, {-2, 1}}, {{3, 0}, {0, 2}}}));
  const Tensor rank_two = f64({{1, 2, 3}, {0, 1, 1}, {0, 0, 0}});
  const auto value = [](const std::vector<Tensor>& in) { return det(in[0]).item(); };
  check_near(slope(f, rank_two), difference(value, {rank_two}, 0), 1e-11);
  check_derivatives([](const auto& in) { return det(in[0]); }, {rank_two});
  BOOST_TEST(error_of([&] {
               slope(f, zeros({65, 65}));
             }) ==
             "[det] a matrix is singular, where the gradient is made of minors; A has shape (65, "
             "65), and up to (64, 64) is supported");
  BOOST_TEST(error_of([] {
               slope([](const Tensor& x) { return slogdet(x).logabsdet; }, ones({2, 2}));
             }) == "[slogdet] the matrix is singular to rounding");
}

// f(t) = det(A + t I) is a polynomial: its derivatives at 0, order by order, with those past n.
BOOST_AUTO_TEST_CASE(determinants_near_singular_matrices_are_smooth) {
  const auto check = [](const Tensor& a, const std::vector<double>& derivatives, double tolerance) {
    Tape tape;
    const Tensor t = tape.variable(f64(0));
    Tensor f = det(a + t * identity(a.shape().back()));
    for (const double expected : derivatives) {
      f = gradient(f, t, {.create_graph = true, .allow_unused = true});
      BOOST_TEST(std::abs(f.item() - expected) < tolerance);
      if (!f.is_tracked()) break;
    }
  };
  check(0.1 * f64({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}), {-0.18, 3, 6}, 1e-12);
  const Tensor u = f64({0.3, 0.7, 0.11});
  check(outer(u, u), {0, 2 * sum(u * u).item(), 6}, 1e-12);
  // det(A + t I) is the sum of e_{n-k} t^k for the elementary symmetric e of the eigenvalues.
  const auto of_values = [&](const std::vector<double>& values, double tolerance) {
    const auto n = static_cast<std::int64_t>(values.size());
    const Tensor q = qr(numbers({n, n}, 3)).q;
    std::vector<double> e{1};  // e_0, e_1, ...
    for (const double v : values) {
      e.push_back(0);
      for (std::size_t k = e.size() - 1; k > 0; --k) e[k] += v * e[k - 1];
    }
    std::vector<double> derivatives;
    double factorial = 1;
    for (std::int64_t k = 1; k <= n; ++k) {
      factorial *= static_cast<double>(k);
      derivatives.push_back(factorial * e[static_cast<std::size_t>(n - k)]);
    }
    check(matmul(q * from_vector(values, {n}), transpose(q)), derivatives, tolerance);
  };
  of_values({1, 2, 1e-9, -3e-9}, 1e-10);
  of_values({1, -2, 1e-3, 1e-5}, 1e-10);
  of_values({1, 2, 3, 4, 1e-17}, 1e-10);
  of_values({1, 0.1, 1e-2, 1e-3, 1e-4}, 1e-10);
  of_values({1, 2, -1, 1e-6, 1e-8}, 1e-10);
  of_values({1, 0.5, -2, 3, 1e-7, 1e-16}, 1e-10);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_gives_nan_alone) {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    const Tensor batch = f64({{{2, bad}, {bad, 3}}, {{2, 1}, {1, 3}}}),
                 good = f64({{2, 1}, {1, 3}});
    const auto check = [&](const auto& f) {
      const Tensor y = f(batch);
      BOOST_TEST(all_nan(slice(y, 0, 0, 1)));
      BOOST_TEST(same_bits(squeeze(slice(y, 0, 1, 2), 0), f(good)));
    };
    check([](const Tensor& x) { return inverse(x); });
    check([](const Tensor& x) { return det(x); });
    check([](const Tensor& x) { return slogdet(x).sign; });
    check([](const Tensor& x) { return slogdet(x).logabsdet; });
    check([](const Tensor& x) { return solve(x, f64({1, 2})); });
    check([](const Tensor& x) { return diagonal(cholesky(x)); });
  }
}

BOOST_AUTO_TEST_CASE(threads) {
  const Tensor batch = positive_definite({40, 30, 30}), large = positive_definite({200, 200});
  for (const Tensor& a : {batch, large}) {
    check_threads([&] { return cholesky(a); });
    check_threads([&] { return inverse(a); });
    check_threads([&] { return solve(a, a); });
    check_threads([&] { return slogdet(a).logabsdet; });
    check_threads([&] { return triangular_solve(a, a, {.upper = true}); });
  }
}

BOOST_AUTO_TEST_SUITE_END()
