// QR, least squares, eigenvalues, singular values.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {

const std::vector<Shape> kShapes{{1, 1}, {3, 3}, {2, 5, 3}, {2, 3, 5},
                                 {4, 1}, {1, 4}, {70, 40},  {40, 70}};

void check_orthonormal_columns(const Tensor& q) {
  const Tensor product = matmul(transpose(q), q);
  check_near(product, broadcast_to(identity(q.shape().back()), product.shape()), 1e-13);
}

// Q A Q^T with a rotation Q in no special position.
Tensor turned(const Tensor& a) {
  const Tensor q = qr(numbers({a.shape().back(), a.shape().back()}, 8)).q;
  return matmul(matmul(q, a), transpose(q));
}

}  // namespace

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
}

// Dependent to rounding, where the last bits of R would decide.
BOOST_AUTO_TEST_CASE(qr_of_dependent_columns_has_no_derivative) {
  const std::string text =
      "[qr] the matrix is singular to rounding: its leading columns depend on one another, and the "
      "factors have no derivative there";
  const auto of_r = [](const Tensor& m) { return sum(square(qr(m).r)); };
  const auto of_q = [](const Tensor& m) { return sum(square(slice(qr(m).q, 0, 0, 1))); };
  const Tensor a = f64({{1, 2, 3}, {2, 4, 1}});
  for (const Tensor& x : {a, f64({{1, 2}, {2, 4}}), transpose(f64({{1, 2, 3}, {3, 6, 9}})),
                          a * f64({1e-200, 1e200, 1}), a.to(DType::f32), zeros({2, 2}, DType::f64),
                          f64({{1, 0, 1}, {2, 0, 1}})})
    for (const Function& f : {Function(of_r), Function(of_q)}) {
      const Tensor direction = ones(x.shape(), x.dtype());
      BOOST_TEST(error_of([&] { slope(f, x); }) == text);
      BOOST_TEST(error_of([&] { jvp(f, x, direction); }) == text);
      BOOST_TEST(error_of([&] { hvp(f, x, direction); }) == text);
      BOOST_TEST(error_of([&] { hessian(f, x); }) == text);
    }
  BOOST_TEST(error_of([&] {
               vmap(grad(of_r))(stack({2 * numbers({2, 3}), a}));
             }).starts_with(text + " (batch index 1)"));
  const auto [q, r] = qr(a);
  check_near(matmul(q, r), a, 1e-14);
  // Columns of different sizes are not dependent, nor is a column that comes behind the first k.
  check_near(slope(of_r, diag(f64({1, 1e-30}))), diag(f64({2, 2e-30})), 1e-14);
  const Tensor late = f64({{1, 3, 2}, {2, 1, 4}});
  check_near(slope(of_r, late), 2 * late, 1e-13);
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
             }) ==
             "[lstsq] the matrix is singular to rounding: A does not have full rank; see pinv");
  BOOST_TEST(
      error_of([] {
        lstsq(zeros({2, 2, 2}), ones({2}));
      }) ==
      "[lstsq] the matrix is singular to rounding: A does not have full rank; see pinv (batch "
      "index 0)");
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
  const auto of_v = [](const Tensor& m) { return sum(square(square(eigh(m).v))); };
  BOOST_TEST(error_of([&] { slope(of_v, turned(a)); }) ==
             "[eigh] eigenvalues 1 and 2 are equal to rounding (2 and 2); the result depends on "
             "their vectors, which have no derivative there");
  const Tensor batch = stack({diag(f64({1, 2, 3})), turned(a)});
  BOOST_TEST(
      error_of([&] { slope(of_v, batch); }).ends_with("no derivative there (batch index 1)"));
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

// Derivatives go with the size of a matrix by powers, to both ends of the range.
BOOST_AUTO_TEST_CASE(svd_of_any_size) {
  const auto turned = [](const Tensor& m) {
    const auto [u, s, vh] = svd(m);
    return sum(numbers({3, 2}, 8) * matmul(u, vh));
  };
  const Tensor a = numbers({3, 2}, 3), direction = numbers({3, 2}, 4);
  const auto of_values = [](const Tensor& m) { return sum(svdvals(m) * f64({2, 1})); };
  const auto check = [&](const Tensor& unit, double size, double tolerance) {
    const Tensor large = size * unit, along = direction.to(unit.dtype());
    BOOST_TEST(distance(size * slope(turned, large), slope(turned, unit)) < tolerance);
    for (const MatrixNorm kind : {MatrixNorm::two, MatrixNorm::nuclear}) {
      const auto f = [=](const Tensor& m) { return matrix_norm(m, kind); };
      BOOST_TEST(distance(size * hvp(f, large, along), hvp(f, unit, along)) < tolerance);
    }
    BOOST_TEST(distance(size * hvp(of_values, large, along), hvp(of_values, unit, along)) <
               tolerance);
  };
  for (const double size : {1e-250, 1e-160, 1e160, 1e250}) check(a, size, 1e-12);
  for (const double size : {1e-30, 1e-20, 1e20, 1e30}) check(a.to(DType::f32), size, 1e-4);
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
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
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

BOOST_AUTO_TEST_CASE(forward_mode_and_vmap) {
  const std::vector<Function> functions{
      [](const Tensor& a) { return cholesky(matmul(a, transpose(a)) + identity(3)); },
      [](const Tensor& a) {
        return solve(a, f64({1, 2, 3}));
      },
      [](const Tensor& a) {
        return solve(identity(3) + 0.1 * ones({3, 3}), a);
      },
      [](const Tensor& a) { return triangular_solve(a, a, {.upper = true}); },
      [](const Tensor& a) { return inverse(a); },
      [](const Tensor& a) { return det(a); },
      [](const Tensor& a) { return slogdet(a).logabsdet; },
      [](const Tensor& a) { return matmul(qr(a).q, square(qr(a).r)); },
      [](const Tensor& a) { return eigh(a).w * sum(square(eigh(a).v), {.axis = 0}); },
      [](const Tensor& a) { return matmul(svd(a).u, svd(a).vh) + svd(a).s; },
      [](const Tensor& a) { return pinv(slice(a, 0, 0, 2)); },
      [](const Tensor& a) {
        return lstsq(slice(a, 1, 0, 2), f64({1, 2, 3}));
      },
      [](const Tensor& a) { return expm(a / 4); },
      [](const Tensor& a) { return tril(a) + diag(diagonal(a, 1), -1) + trace(a); },
      [](const Tensor& a) { return norm(a, {.axis = 0}); },
      [](const Tensor& a) { return kron(a, slice(a, 0, 0, 1)); },
      grad([](const Tensor& a) { return sum(square(svd(a).u)); }),
      grad([](const Tensor& a) { return det(a); })};
  const Tensor batch = numbers({2, 3, 3}) + diag(f64({3, 5, 8})), direction = numbers({3, 3}, 7);
  for (const Function& f : functions) {
    const Tensor together = vmap(f)(batch);
    std::vector<Tensor> apart;
    for (const Tensor& item : split(batch, 2)) apart.push_back(f(squeeze(item, 0)));
    check_near(together, stack(apart), 1e-13);

    const Tensor at = squeeze(slice(batch, 0, 0, 1), 0), y = f(at), w = numbers(y.shape(), 9);
    const auto along = [&](double t) { return sum(w * f(at + t * direction)).item(); };
    const Tensor tangent = jvp(f, at, direction).second;
    BOOST_TEST(std::abs(sum(w * tangent).item() - difference(along, 0)) <
               1e-9 * (1 + norm(tangent).item()));
  }
}
