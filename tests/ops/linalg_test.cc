#include "ops/linalg.h"

#include <cmath>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void check_near(const Tensor& x, const Tensor& expected, double tolerance = 1e-12) {
  BOOST_TEST(distance(x, expected.to(DType::f64)) < tolerance);
}

Tensor f64(const NestedList& values) { return tensor(values, DType::f64); }

Tensor identity(std::int64_t n) { return eye(n, DType::f64); }

Tensor positive_definite(const Shape& shape, std::uint64_t seed = 1) {
  const Tensor x = numbers(shape, seed);
  return matmul(x, transpose(x)) + identity(shape[shape.rank() - 2]);
}

Tensor dominant(const Shape& shape, std::uint64_t seed = 1) {
  return numbers(shape, seed) + 4 * identity(shape.back());
}

// d f(x) / dx for a function to one number.
Tensor slope(const std::function<Tensor(const Tensor&)>& f, const Tensor& at) {
  Tape tape;
  const Tensor x = tape.variable(at);
  return gradient(f(x), x);
}

// A batch gives, item by item, what its matrices give alone.
void check_batch(const std::function<Tensor(const Tensor&)>& f, const Tensor& batch) {
  const Tensor all = f(batch);
  for (std::int64_t i = 0; i < batch.shape()[0]; ++i) {
    const auto item = [&](const Tensor& x) { return squeeze(slice(x, 0, i, i + 1), 0); };
    BOOST_TEST(same_bits(item(all), f(item(batch))));
  }
}

bool all_nan(const Tensor& x) {
  for (const double v : x.to_vector())
    if (!std::isnan(v)) return false;
  return true;
}

}  // namespace

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
  BOOST_TEST(logabs.to_vector()[2] == -std::numeric_limits<double>::infinity());
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
             }) == "[slogdet] the matrix is singular: pivot 2 of its LU factors is 0");
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_gives_nan_alone) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {kNan, infinity, -infinity}) {
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

BOOST_AUTO_TEST_SUITE(orthogonal)

const std::vector<Shape> kShapes{{1, 1}, {3, 3}, {2, 5, 3}, {2, 3, 5},
                                 {4, 1}, {1, 4}, {70, 40},  {40, 70}};

void check_orthonormal_columns(const Tensor& q) {
  const Tensor product = matmul(transpose(q), q);
  check_near(product, broadcast_to(identity(q.shape().back()), product.shape()), 1e-13);
}

BOOST_AUTO_TEST_CASE(qr_by_hand) {
  const auto [q, r] = qr(f64({{3, 1}, {4, 2}}));
  check_near(q, f64({{-0.6, -0.8}, {-0.8, 0.6}}));  // LAPACK's signs
  check_near(r, f64({{-5, -2.2}, {0, 0.4}}));
}

BOOST_AUTO_TEST_CASE(qr_makes_up_a) {
  for (const Shape& shape : kShapes) {
    const Tensor a = numbers(shape);
    const auto [q, r] = qr(a);
    check_orthonormal_columns(q);
    check_near(matmul(q, r), a, 1e-13);
    check_near(tril(r, -1), zeros_like(r), 1e-300);
    const QR single = qr(a.to(DType::f32));
    check_near(matmul(single.q, single.r), a, 1e-5);
  }
  for (const Shape& shape : std::vector<Shape>{{0, 3}, {3, 0}, {0, 0}, {0, 2, 3}}) {
    const auto [q, r] = qr(zeros(shape));
    BOOST_TEST(matmul(q, r).shape() == shape);
  }
}

BOOST_AUTO_TEST_CASE(qr_gradients) {
  for (const Shape& shape : std::vector<Shape>{{3, 3}, {4, 2}, {2, 4}, {2, 3, 3}}) {
    const Tensor a = numbers(shape, 5);
    check_derivatives([](const auto& in) { return qr(in[0]).q; }, {a});
    check_derivatives([](const auto& in) { return qr(in[0]).r; }, {a});
    // The product is A, whose gradient is the adjoint.
    const Tensor w = numbers(shape, 6);
    check_near(slope(
                   [&](const Tensor& x) {
                     const auto [q, r] = qr(x);
                     return sum(w * matmul(q, r));
                   },
                   a),
               w, 1e-12);
  }
  // log |det A| = sum log |diag R|.
  const Tensor a = numbers({4, 4});
  check_near(slope([](const Tensor& x) { return sum(log(abs(diagonal(qr(x).r)))); }, a),
             transpose(inverse(a)), 1e-12);
  BOOST_TEST(error_of([] {
               slope([](const Tensor& x) { return sum(qr(x).q); }, zeros({2, 2}));
             }) == "[qr] the matrix is singular: element 1 of the diagonal is 0");
}

BOOST_AUTO_TEST_CASE(least_squares) {
  // The line through (0, 1), (1, 3), (2, 4): 7/6 + 3/2 x.
  check_near(lstsq(f64({{1, 0}, {1, 1}, {1, 2}}), f64({1, 3, 4})), f64({7.0 / 6, 1.5}));
  check_near(lstsq(f64({{3, 4}}), f64({5})), f64({0.6, 0.8}));  // the shortest
  for (const Shape& shape : kShapes) {
    const Tensor a = numbers(shape), b = numbers({shape[shape.rank() - 2], 2}, 2);
    const Tensor x = lstsq(a, b);
    check_near(x, matmul(pinv(a), b), 1e-11);
  }
  check_derivatives([](const auto& in) { return lstsq(in[0], in[1]); },
                    {numbers({4, 2}), numbers({4}, 2)});
  check_derivatives([](const auto& in) { return lstsq(in[0], in[1]); },
                    {numbers({2, 4}), numbers({2}, 2)});
  check_values(lstsq(zeros({3, 0}), zeros({3})), {0}, {});
  check_values(lstsq(zeros({0, 2}), zeros({0})), {2}, {0, 0});
  BOOST_TEST(error_of([] {
               lstsq(tensor({{1, 2}, {2, 4}, {3, 6}}), ones({3}));
             }).starts_with("[lstsq] A does not have full rank: the diagonal of R goes from 3.74"));
  BOOST_TEST(error_of([] {
               lstsq(zeros({2, 2, 2}), ones({2}));
             }) ==
             "[lstsq] A does not have full rank: the diagonal of R goes from 0 down to 0; see pinv "
             "(batch index 0)");
}

BOOST_AUTO_TEST_CASE(eigh_by_hand) {
  const auto [w, v] = eigh(f64({{2, 1}, {1, 2}}));
  check_near(w, f64({1, 3}));
  check_near(square(v), full({2, 2}, 0.5));
  check_near(eigvalsh(f64({{0, 4}, {0, 0}})), f64({-2, 2}));  // the symmetric part
  check_values(eigvalsh(zeros({2, 0, 0})), {2, 0}, {});
}

BOOST_AUTO_TEST_CASE(eigh_makes_up_a) {
  for (const std::int64_t n : {1, 2, 5, 60}) {
    const Tensor x = numbers({2, n, n}), a = x + transpose(x);
    const auto [w, v] = eigh(a);
    check_orthonormal_columns(v);
    check_near(matmul(v * unsqueeze(w, -2), transpose(v)), a, 1e-13);
    BOOST_TEST(all(slice(w, -1, {.stop = n - 1}) <= slice(w, -1, {.start = 1})).item() == 1);
    check_near(eigvalsh(a.to(DType::f32)), w, 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(eigh_gradients) {
  const Tensor x = numbers({4, 4}), a = x + transpose(x) + diag(f64({1, 3, 6, 8}));
  // The sum of eigenvalues is the trace; that of their squares has the gradient 2 A.
  check_near(slope([](const Tensor& m) { return sum(eigh(m).w); }, a), identity(4), 1e-14);
  check_near(slope([](const Tensor& m) { return sum(square(eigh(m).w)); }, a), 2 * a, 1e-14);
  // A function of the matrix: tr(C exp(A)).
  const Tensor c = numbers({4, 4}, 2), small = a / 10;
  const auto by_eigenvalues = [&](const Tensor& m) {
    const auto [w, v] = eigh(m);
    return sum(c * matmul(v * unsqueeze(exp(w), -2), transpose(v)));
  };
  const auto by_series = [&](const Tensor& m) { return sum(c * expm((m + transpose(m)) / 2)); };
  check_near(slope(by_eigenvalues, small), slope(by_series, small), 1e-13);
  check_derivatives([](const auto& in) { return square(eigh(in[0]).v); }, {a});
  check_derivatives([](const auto& in) { return eigh(in[0]).w; }, {a});
}

BOOST_AUTO_TEST_CASE(equal_eigenvalues) {
  const Tensor a = diag(f64({2, 1, 2}));
  // Through the eigenvalues alone: symmetric functions of them are smooth.
  check_near(slope([](const Tensor& m) { return sum(exp(eigh(m).w)); }, a),
             diag(exp(f64({2, 1, 2}))), 1e-14);
  // An adjoint of zeros does not count as one.
  check_near(slope(
                 [](const Tensor& m) {
                   const auto [w, v] = eigh(m);
                   return sum(w) + sum(0 * v);
                 },
                 a),
             identity(3), 1e-14);
  BOOST_TEST(error_of([&] { slope([](const Tensor& m) { return sum(square(eigh(m).v)); }, a); }) ==
             "[eigh] eigenvalues 1 and 2 are equal to rounding (2 and 2); the result depends on "
             "their vectors, which have no derivative there");
  const Tensor batch = stack({diag(f64({1, 2, 3})), a});
  BOOST_TEST(error_of([&] {
               slope([](const Tensor& m) { return sum(square(eigh(m).v)); }, batch);
             }).ends_with("no derivative there (batch index 1)"));
  // Of the batch only the part that counts is looked at.
  const Tensor g = slope(
      [](const Tensor& m) {
        return sum(square(slice(eigh(m).v, 0, 0, 1)) * f64({1, 2, 3}));
      },
      batch);
  BOOST_TEST(distance(g, zeros_like(g)) < 1e-14);
}

BOOST_AUTO_TEST_CASE(svd_by_hand) {
  const auto [u, s, vh] = svd(f64({{0, 2}, {-3, 0}}));
  check_near(s, f64({3, 2}));
  check_near(abs(u), f64({{0, 1}, {1, 0}}));
  check_near(abs(vh), f64({{1, 0}, {0, 1}}));
  check_near(svdvals(f64({{3}, {4}})), f64({5}));
}

BOOST_AUTO_TEST_CASE(svd_makes_up_a) {
  for (const Shape& shape : kShapes) {
    const Tensor a = numbers(shape);
    const auto [u, s, vh] = svd(a);
    check_orthonormal_columns(u);
    check_orthonormal_columns(transpose(vh));
    check_near(matmul(u * unsqueeze(s, -2), vh), a, 1e-13);
    BOOST_TEST(all(s >= 0).item() == 1);
    BOOST_TEST(all(slice(s, -1, {.start = 1}) <= slice(s, -1, {.stop = -1})).item() == 1);
    check_near(svdvals(a.to(DType::f32)), s, 1e-5);
  }
  for (const Shape& shape : std::vector<Shape>{{0, 3}, {3, 0}, {0, 0}, {0, 2, 3}}) {
    const auto [u, s, vh] = svd(zeros(shape));
    BOOST_TEST(matmul(u * unsqueeze(s, -2), vh).shape() == shape);
    BOOST_TEST(transpose(pinv(zeros(shape))).shape() == shape);
  }
}

BOOST_AUTO_TEST_CASE(svd_gradients) {
  for (const Shape& shape : std::vector<Shape>{{3, 3}, {4, 2}, {2, 4}, {2, 3, 2}}) {
    Tensor a = numbers(shape, 3);
    const std::int64_t k = std::min(shape[shape.rank() - 2], shape.back());
    Tensor steps =
        pad(diag(arange(k, DType::f64)), {{0, shape[shape.rank() - 2] - k}, {0, shape.back() - k}});
    a = a + 2 * steps;
    const Tensor w = numbers(shape, 6);
    check_near(slope(
                   [&](const Tensor& x) {
                     const auto [u, s, vh] = svd(x);
                     return sum(w * matmul(u * unsqueeze(s, -2), vh));
                   },
                   a),
               w, 1e-12);
    check_near(slope([](const Tensor& x) { return sum(square(svd(x).s)); }, a), 2 * a, 1e-13);
    check_derivatives([](const auto& in) { return svd(in[0]).s; }, {a});
    check_derivatives([](const auto& in) { return square(svd(in[0]).u); }, {a});
    check_derivatives([](const auto& in) { return square(svd(in[0]).vh); }, {a});
    check_derivatives(
        [](const auto& in) {
          const auto [u, s, vh] = svd(in[0]);
          return matmul(u, vh);
        },
        {a});
    check_derivatives([](const auto& in) { return pinv(in[0]); }, {a});
  }
}

BOOST_AUTO_TEST_CASE(equal_singular_values) {
  const auto of_u = [](const Tensor& m) { return sum(square(svd(m).u)); };
  BOOST_TEST(error_of([&] { slope(of_u, identity(2)); }) ==
             "[svd] singular values 0 and 1 are equal to rounding (1 and 1); the result depends on "
             "their vectors, which have no derivative there");
  BOOST_TEST(error_of([&] {
               slope(of_u, f64({{2, 0}, {0, 0}, {0, 0}}));
             }) ==
             "[svd] number 1 of the singular values is 0 to rounding (0); the result depends on "
             "vectors that have no derivative there");
  // The nuclear norm of the identity has the gradient U V^T, the identity.
  check_near(slope([](const Tensor& m) { return sum(svdvals(m)); }, identity(3)), identity(3),
             1e-14);
}

BOOST_AUTO_TEST_CASE(pseudo_inverses) {
  for (const Shape& shape : kShapes) {
    const Tensor a = numbers(shape), p = pinv(a);
    check_near(matmul(matmul(a, p), a), a, 1e-12);
    check_near(matmul(matmul(p, a), p), p, 1e-11);
  }
  check_near(pinv(f64({{1, 2}, {2, 4}})), f64({{0.04, 0.08}, {0.08, 0.16}}));
  check_near(pinv(zeros({2, 3})), zeros({3, 2}));
  check_near(pinv(diag(f64({4, 1})), 0.3), diag(f64({0.25, 0})));
  const Tensor a = dominant({3, 3});
  check_near(pinv(a), inverse(a), 1e-13);
  // Along directions that keep the rank: x y^T has the pseudo-inverse y x^T / (|x|^2 |y|^2).
  const auto by_pinv = [](const auto& in) { return pinv(outer(in[0], in[1])); };
  const Tensor x = f64({1, 2, 3}), y = f64({2, -1});
  check_derivatives(by_pinv, {x, y});
}

BOOST_AUTO_TEST_CASE(items_and_threads) {
  const Tensor batch = numbers({3, 4, 3}), square_batch = numbers({3, 4, 4});
  check_batch([](const Tensor& a) { return qr(a).q; }, batch);
  check_batch([](const Tensor& a) { return svd(a).u; }, batch);
  check_batch([](const Tensor& a) { return pinv(a); }, batch);
  check_batch([](const Tensor& a) { return eigh(a).v; }, square_batch);
  check_batch([](const Tensor& a) { return expm(a); },
              square_batch * f64({{{1e-3}}, {{1}}, {{10}}}));
  for (const Shape& shape : std::vector<Shape>{{40, 30, 30}, {150, 150}}) {
    const Tensor a = numbers(shape);
    check_threads([&] { return qr(a).q; });
    check_threads([&] { return svd(a).u; });
    check_threads([&] { return eigh(a).v; });
    check_threads([&] { return expm(a); });
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_gives_nan_alone) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {kNan, infinity, -infinity}) {
    const Tensor good = f64({{2, 1}, {1, 3}}), batch = stack({f64({{2, 1}, {bad, 3}}), good});
    const auto check = [&](const auto& f) {
      const Tensor y = f(batch);
      BOOST_TEST(all_nan(slice(y, 0, 0, 1)));
      BOOST_TEST(same_bits(squeeze(slice(y, 0, 1, 2), 0), f(good)));
    };
    check([](const Tensor& x) { return qr(x).q; });
    check([](const Tensor& x) { return eigh(x).w; });
    check([](const Tensor& x) { return eigh(x).v; });
    check([](const Tensor& x) { return svd(x).u; });
    check([](const Tensor& x) { return svd(x).s; });
    check([](const Tensor& x) { return svd(x).vh; });
    check([](const Tensor& x) { return pinv(x); });
    check([](const Tensor& x) { return expm(x); });
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(functions)

BOOST_AUTO_TEST_CASE(expm_by_hand) {
  check_near(expm(zeros({2, 2})), eye(2));
  check_near(expm(f64({{0, 1}, {0, 0}})), f64({{1, 1}, {0, 1}}));
  check_near(expm(diag(f64({1, -2, 30}))), diag(exp(f64({1, -2, 30}))), 1e-13);
  const double t = 25;  // a rotation
  check_near(expm(f64({{0, -t}, {t, 0}})),
             f64({{std::cos(t), -std::sin(t)}, {std::sin(t), std::cos(t)}}), 1e-13);
  check_values(expm(zeros({2, 0, 0})), {2, 0, 0}, {});
  BOOST_TEST(expm(eye(2)).dtype() == DType::f32);
  // C. Moler, C. Van Loan, Nineteen dubious ways, 2003: [[-49, 24], [-64, 31]], eigenvalues -1,
  // -17.
  const double p = std::exp(-1), q = std::exp(-17);
  check_near(expm(f64({{-49, 24}, {-64, 31}})),
             f64({{-2 * p + 3 * q, 1.5 * p - 1.5 * q}, {-4 * p + 4 * q, 3 * p - 2 * q}}), 1e-13);
}

BOOST_AUTO_TEST_CASE(expm_identities) {
  for (const double scale : {1e-8, 0.1, 1.0, 6.0}) {
    const Tensor a = scale * numbers({4, 4}), e = expm(a);
    const Tensor other = expm(-a), tolerance = norm(e) * norm(other);
    BOOST_TEST(norm(matmul(e, other) - identity(4)).item() < 1e-14 * tolerance.item());
    check_near(log(det(e)), trace(a), 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(expm_gradients) {
  // d tr exp(A) = exp(A)^T; of any size of adjoint.
  const Tensor a = numbers({4, 4});
  for (const double size : {1e-200, 1.0, 1e200})
    check_near(slope([&](const Tensor& x) { return size * trace(expm(x)); }, a) / size,
               transpose(expm(a)), 1e-13);
  check_derivatives([](const auto& in) { return expm(in[0]); }, {numbers({3, 3})});
  check_derivatives([](const auto& in) { return expm(in[0]); }, {zeros({2, 2}, DType::f64)});
  // exp(t A) has the derivatives A exp(t A), A A exp(t A), A A A exp(t A).
  Tape tape;
  const Tensor t = tape.variable(f64(0.5)), w = numbers({4, 4}, 2);
  Tensor f = sum(w * expm(t * a)), power = expm(0.5 * a);
  for (int order = 1; order <= 3; ++order) {
    power = matmul(detach(a), detach(power));
    f = gradient(f, t, {.create_graph = true});
    check_near(f, sum(w * power), 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(norms) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor x = f64({{3, -4}, {0, 12}});
  check_near(norm(x), f64(13));
  check_near(norm(x, {.axis = 1}), f64({5, 12}));
  check_near(norm(x, {.axis = 1, .keepdims = true}), f64({{5}, {12}}));
  check_near(norm(x, {.ord = 1}), f64(19));
  check_near(norm(x, {.ord = infinity}), f64(12));
  check_near(norm(x, {.ord = 3}), f64(std::cbrt(27.0 + 64 + 1728)));
  check_near(norm(x, {.ord = 0.5, .axis = 0}), f64({3, square(2 + sqrt(f64(12))).item()}));
  check_near(norm(f64({3e200, 4e200})) / 1e200, f64(5));
  check_near(norm(f64({3e-200, 4e-200})) / 1e-200, f64(5));
  check_near(norm(tensor({3e30, 4e30})) / 1e30, f64(5), 1e-6);
  check_values(norm(zeros({3, 0}), {.axis = 1}), {3}, {0, 0, 0});
  check_values(norm(zeros({0})), {}, {0});
  BOOST_TEST(norm(f64({1, infinity})).item() == infinity);
  BOOST_TEST(std::isnan(norm(f64({1, kNan})).item()));
  check_near(slope([](const Tensor& v) { return norm(v); }, f64({3, 4})), f64({0.6, 0.8}));
  check_near(slope([](const Tensor& v) { return norm(v); }, f64({0, 0})), f64({0, 0}));
  check_near(slope([](const Tensor& v) { return norm(v, {.ord = 3}); }, f64({0, 2})), f64({0, 1}));
  check_derivatives([](const auto& in) { return norm(in[0], {.axis = 0}); }, {numbers({3, 2})});

  check_near(matrix_norm(x), f64(13));
  check_near(matrix_norm(x, MatrixNorm::one), f64(16));
  check_near(matrix_norm(x, MatrixNorm::infinity), f64(12));
  check_near(matrix_norm(diag(f64({3, -4})), MatrixNorm::two), f64(4));
  check_near(matrix_norm(diag(f64({3, -4})), MatrixNorm::nuclear), f64(7));
}

BOOST_AUTO_TEST_CASE(kronecker) {
  const Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({{0, 1}});
  check_values(kron(a, b), {2, 4}, {0, 1, 0, 2, 0, 3, 0, 4});
  check_values(kron(b, a), {2, 4}, {0, 0, 1, 2, 0, 0, 3, 4});
  check_values(kron(tensor({1, 2}), a), {2, 4}, {1, 2, 2, 4, 3, 4, 6, 8});
  // (A x B)(C x D) = A C x B D
  const Tensor p = numbers({2, 3}), q = numbers({3, 2}, 2), r = numbers({3, 2}, 3),
               s = numbers({2, 4}, 4);
  check_near(matmul(kron(p, q), kron(r, s)), kron(matmul(p, r), matmul(q, s)), 1e-14);
}

BOOST_AUTO_TEST_SUITE_END()
