// The exponential, norms, Kronecker products.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::test;

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

// The scaling that a fast part needs leaves the slow ones what they are: exp [[-l, 0], [1, x]] has
// the lower row (exp(x) / (l + x), exp(x)) for large l.
BOOST_AUTO_TEST_CASE(expm_of_fast_and_slow_parts) {
  for (const double l : {1e4, 1e10, 1e16, 1e100, 1e280})
    for (const double x : {-5.0, -40.0, 0.25, 3.0}) {
      const Tensor a = f64({{-l, 0}, {1, x}}), e = expm(a);
      const double slow = std::exp(x);
      BOOST_TEST(std::abs(e.to_vector()[3] / slow - 1) < 1e-11);
      BOOST_TEST(std::abs(e.to_vector()[2] * (l + x) / slow - 1) < 1e-11);
      const Tensor g =
          slope([](const Tensor& m) { return sum(slice(slice(expm(m), 0, 1, 2), 1, 1, 2)); }, a);
      BOOST_TEST(std::abs(g.to_vector()[3] / slow - 1) < 1e-11);
    }
}

BOOST_AUTO_TEST_CASE(expm_identities) {
  for (const double scale : {1e-8, 0.1, 1.0, 6.0}) {
    const Tensor a = scale * numbers({4, 4}), e = expm(a);
    const Tensor other = expm(-a), tolerance = norm(e) * norm(other);
    BOOST_TEST(norm(matmul(e, other) - identity(4)).item() < 1e-14 * tolerance.item());
    if (scale <= 1) check_near(log(det(e)), trace(a), 1e-11);
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
  const Tensor x = f64({{3, -4}, {0, 12}});
  check_near(norm(x), f64(13));
  check_near(norm(x, {.axis = 1}), f64({5, 12}));
  check_near(norm(x, {.axis = 1, .keepdims = true}), f64({{5}, {12}}));
  check_near(norm(x, {.ord = 1}), f64(19));
  check_near(norm(x, {.ord = kInfinity}), f64(12));
  check_near(norm(x, {.ord = 3}), f64(std::cbrt(27.0 + 64 + 1728)));
  check_near(norm(x, {.ord = 0.5, .axis = 0}), f64({3, square(2 + sqrt(f64(12))).item()}));
  check_near(norm(f64({3e200, 4e200})) / 1e200, f64(5));
  check_near(norm(f64({3e-200, 4e-200})) / 1e-200, f64(5));
  check_near(norm(tensor({3e30, 4e30})) / 1e30, f64(5), 1e-6);
  check_values(norm(zeros({3, 0}), {.axis = 1}), {3}, {0, 0, 0});
  check_values(norm(zeros({0})), {}, {0});
  BOOST_TEST(norm(f64({1, kInfinity})).item() == kInfinity);
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
