// Functions of eigh and svd at repeated values: what does not depend on the choice of vectors has
// its derivatives, in every mode, and the rest is refused.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

Tensor rotation(std::int64_t n, std::uint64_t seed = 8) { return qr(numbers({n, n}, seed)).q; }

// Q diag(x) Q^T, in no special position.
Tensor symmetric(const std::vector<double>& x) {
  const auto n = static_cast<std::int64_t>(x.size());
  const Tensor q = rotation(n);
  return matmul(q * from_vector(x, {n}), transpose(q));
}

// m by n with these singular values.
Tensor with_singular_values(std::int64_t m, std::int64_t n, const std::vector<double>& s) {
  const auto k = static_cast<std::int64_t>(s.size());
  return matmul(slice(rotation(m, 5), 1, 0, k) * from_vector(s, {k}),
                slice(rotation(n, 6), 0, 0, k));
}

// f(A) by eigenvalues, and the product of svd's factors.
Tensor by_eigenvalues(const Tensor& a, const Function& f) {
  const auto [w, v] = eigh(a);
  return matmul(v * unsqueeze(f(w), -2), transpose(v));
}
Tensor product(const Tensor& a) {
  const auto [u, s, vh] = svd(a);
  return matmul(u * unsqueeze(s, -2), vh);
}

// f against g, which is smooth and has derivatives of its own: first ones by every way.
void check_same(const Function& f, const Function& g, const Tensor& a, double tolerance = 1e-11) {
  const Tensor exact = slope(g, a), direction = numbers(a.shape(), 21);
  BOOST_TEST(distance(slope(f, a), exact) < tolerance);
  BOOST_TEST(distance(grad(f)(a), exact) < tolerance);
  {
    Tape tape;
    const Tensor x = tape.variable(a);
    BOOST_TEST(distance(detach(gradient(f(x), x, {.create_graph = true})), exact) < tolerance);
  }
  const double along = sum(exact * direction).item();
  BOOST_TEST(std::abs(jvp(f, a, direction).second.item() - along) < tolerance * 10);
  const Tensor batch = stack({a, a, a});
  const Tensor together = vmap(grad(f))(batch);
  BOOST_TEST(distance(squeeze(slice(together, 0, 1, 2), 0), exact) < tolerance);
  const Tensor single = slope(f, a.to(DType::f32)).to(DType::f64);
  BOOST_TEST(distance(single, exact) < 1e-3);
}

// The Hessian, too.
void check_second(const Function& f, const Function& g, const Tensor& a, double tolerance = 1e-10) {
  const Tensor direction = numbers(a.shape(), 7), exact = hvp(g, a, direction);
  const auto slope_along = [&](const Tensor& x) { return sum(grad(f)(x) * direction); };
  BOOST_TEST(distance(slope(slope_along, a), exact) < tolerance);
  BOOST_TEST(distance(hvp(f, a, direction), exact) < tolerance);
  BOOST_TEST(distance(hessian(f, a), hessian(g, a)) < tolerance);
  const auto along = [&](const Tensor& x) { return jvp(f, x, direction).second; };
  BOOST_TEST(distance(slope(along, a), exact) < tolerance);
}

const std::vector<std::vector<double>> kTied{
    {4, 4}, {1, 1, 2}, {2, 1, 2}, {3, 3, 3}, {1, 2, 1, 2, 5}};

}  // namespace

BOOST_AUTO_TEST_CASE(functions_of_matrices) {
  for (const auto& values : kTied) {
    const Tensor a = symmetric(values);
    const Tensor c = numbers(a.shape(), 4), half = 0.5 * matrix_power(a, 1);
    check_same(
        [&](const Tensor& x) {
          return sum(c.to(x.dtype()) *
                     by_eigenvalues(x, [](const Tensor& w) { return exp(0.3 * w); }));
        },
        [&](const Tensor& x) { return sum(c * expm(0.15 * (x + transpose(x)))); }, a);
    check_same(
        [&](const Tensor& x) {
          return sum(c.to(x.dtype()) * by_eigenvalues(x, [](const Tensor& w) { return 1 / w; }));
        },
        [&](const Tensor& x) { return sum(c * inverse((x + transpose(x)) / 2)); }, a);
    check_same(
        [](const Tensor& x) {
          return square(trace(by_eigenvalues(x, [](const Tensor& w) { return w * w; })));
        },
        [](const Tensor& x) {
          const Tensor s = (x + transpose(x)) / 2;
          return square(sum(s * s));
        },
        a, 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(the_square_root) {
  const auto root = [](const Tensor& w) { return sqrt(w); };
  const auto trace_of_root = [&](const Tensor& x) { return trace(by_eigenvalues(x, root)); };
  check_near(slope(trace_of_root, 4 * identity(2)), identity(2) / 4, 1e-14);
  for (const auto& values : kTied) {
    const Tensor a = symmetric(values);
    check_near(slope(trace_of_root, a),
               by_eigenvalues(a, [](const Tensor& w) { return 0.5 / sqrt(w); }), 1e-12);
    // dR solves R dR + dR R = dA; so its adjoint G gives the X with R X + X R = G.
    const Tensor r = by_eigenvalues(a, root), c = numbers(a.shape(), 4), g = (c + transpose(c)) / 2;
    const Tensor x = slope([&](const Tensor& m) { return sum(c * by_eigenvalues(m, root)); }, a);
    check_near(matmul(r, x) + matmul(x, r), g, 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(products_of_singular_factors) {
  const auto length = [](const Tensor& a) { return norm(product(a)); };
  const Tensor d = diag(f64({1, 1, 2}));
  check_near(slope(length, d), d / norm(d), 1e-13);
  for (const auto& [m, n] : std::vector<std::pair<int, int>>{{3, 3}, {5, 3}, {3, 5}})
    for (const std::vector<double>& s : std::vector<std::vector<double>>{
             {2, 1, 1}, {3, 3, 3}, {2, 2, 1}, {1, 1, 0}, {2, 0, 0}, {0, 0, 0}}) {
      const Tensor a = with_singular_values(m, n, s), w = numbers({m, n}, 4);
      const auto weighed = [&](const Tensor& x) { return sum(w.to(x.dtype()) * product(x)); };
      check_near(slope(weighed, a), w, 1e-11);
      check_same(
          weighed, [&](const Tensor& x) { return sum(w * x); }, a);
      if (s[0] > 0) check_near(slope(length, a), a / norm(a), 1e-12);
    }
}

// The polar factor U Vh of a regular matrix is A (A^T A)^(-1/2).
BOOST_AUTO_TEST_CASE(the_polar_factor) {
  for (const std::vector<double>& s : std::vector<std::vector<double>>{{2, 2, 2}, {2, 1, 1}}) {
    const Tensor a = with_singular_values(4, 3, s), w = numbers({4, 3}, 4);
    const auto polar = [&](const Tensor& x) {
      const auto [u, values, vh] = svd(x);
      return sum(w.to(x.dtype()) * matmul(u, vh));
    };
    const auto by_roots = [&](const Tensor& x) {
      return sum(w.to(x.dtype()) *
                 matmul(x, by_eigenvalues(matmul(transpose(x), x),
                                          [](const Tensor& v) { return 1 / sqrt(v); })));
    };
    check_near(slope(polar, a), slope(by_roots, a), 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(second_derivatives_of_values) {
  for (const auto& values : kTied) {
    const Tensor a = symmetric(values);
    check_second([](const Tensor& x) { return sum(exp(0.3 * eigvalsh(x))); },
                 [](const Tensor& x) { return trace(expm(0.15 * (x + transpose(x)))); }, a);
    check_second([](const Tensor& x) { return sum(log(eigvalsh(x))); },
                 [](const Tensor& x) { return slogdet((x + transpose(x)) / 2).logabsdet; }, a);
  }
  for (const Shape& shape : std::vector<Shape>{{2, 2}, {3, 2}, {2, 3}})
    check_second([](const Tensor& x) { return sum(square(svdvals(x))); },
                 [](const Tensor& x) { return sum(square(x)); }, zeros(shape, DType::f64));
  check_second([](const Tensor& x) { return sum(square(eigvalsh(x))); },
               [](const Tensor& x) {
                 const Tensor s = (x + transpose(x)) / 2;
                 return sum(s * s);
               },
               zeros({2, 2}, DType::f64));
  check_second([](const Tensor& x) { return square(sum(eigvalsh(x))); },
               [](const Tensor& x) { return square(trace(x)); }, zeros({3, 3}, DType::f64));
  // The nuclear norm of a regular matrix is tr (A^T A)^(1/2); along A it is linear.
  const Tensor a = with_singular_values(3, 3, {2, 2, 1});
  const auto nuclear = [](const Tensor& x) { return matrix_norm(x, MatrixNorm::nuclear); };
  BOOST_TEST(norm(hvp(nuclear, a, a)).item() < 1e-12);
  const auto value = [&](const std::vector<Tensor>& in) {
    return sum(slope(nuclear, in[0]) * numbers({3, 3}, 7)).item();
  };
  check_near(hvp(nuclear, a, numbers({3, 3}, 7)), difference(value, {a}, 0), 1e-7);
}

BOOST_AUTO_TEST_CASE(singular_values_of_the_identity) {
  // The nuclear norm has the gradient U V^T.
  check_near(slope([](const Tensor& m) { return sum(svdvals(m)); }, identity(3)), identity(3),
             1e-14);
}

BOOST_AUTO_TEST_CASE(what_depends_on_the_choice_is_refused) {
  const Tensor a = symmetric({2, 1, 2}), direction = numbers({3, 3}, 7), c = numbers({3, 3}, 9);
  const std::string_view of_eigenvalues =
      "[eigh] eigenvalues 1 and 2 are equal to rounding (2 and 2)";
  const std::vector<Function> functions{[&](const Tensor& m) { return sum(c * square(eigh(m).v)); },
                                        [&](const Tensor& m) { return sum(c * eigh(m).v); },
                                        [](const Tensor& m) {
                                          const auto [w, v] = eigh(m);
                                          return sum(unsqueeze(w, -2) * square(square(v)));
                                        }};
  for (const Function& f : functions) {
    BOOST_TEST(error_of([&] { slope(f, a); }).starts_with(of_eigenvalues));
    BOOST_TEST(error_of([&] { grad(f)(a); }).starts_with(of_eigenvalues));
    BOOST_TEST(error_of([&] { slope(f, a.to(DType::f32)); }).starts_with(of_eigenvalues));
    BOOST_TEST(error_of([&] { jvp(f, a, direction); }).starts_with(of_eigenvalues));
    BOOST_TEST(error_of([&] { hessian(f, a); }).starts_with(of_eigenvalues));
    BOOST_TEST(error_of([&] {
                 slope(f, stack({diag(f64({1, 2, 3})), a}));
               }).ends_with("(batch index 1)"));
    BOOST_TEST(jvp(f, a, zeros_like(a)).second.item() == 0);
  }
  // The order of equal values is a choice, too.
  const auto largest = [](const Tensor& m) { return sum(slice(eigvalsh(m), 0, 2, 3)); };
  BOOST_TEST(error_of([&] { hvp(largest, a, direction); }).starts_with(of_eigenvalues));

  const auto of_u = [&](const Tensor& m) { return sum(numbers({3, 2}, 9) * svd(m).u); };
  BOOST_TEST(error_of([&] {
               slope(of_u, with_singular_values(3, 2, {1, 1}));
             }) ==
             "[svd] singular values 0 and 1 are equal to rounding (1 and 1); the result depends on "
             "their vectors, which have no derivative there");
  for (const std::function<void()>& derivative : std::vector<std::function<void()>>{
           [&] {
             slope(of_u, with_singular_values(3, 2, {2, 0}));
           },
           [&] {
             jvp(of_u, with_singular_values(3, 2, {2, 0}), numbers({3, 2}, 3));
           }})
    BOOST_TEST(error_of(derivative) ==
               "[svd] number 1 of the singular values is 0 to rounding; the result depends on "
               "vectors that have no derivative there");
  // A cone at 0: no second derivative.
  const auto cone = [](const Tensor& x) { return square(matrix_norm(x, MatrixNorm::nuclear)); };
  BOOST_TEST(error_of([&] { hessian(cone, zeros({3, 3}, DType::f64)); }).starts_with("[svd] "));
}

// The vectors of one decomposition with the values of another are no function of the matrix, as far
// as each can see.
BOOST_AUTO_TEST_CASE(decompositions_are_not_mixed) {
  const auto f = [](const Tensor& x) {
    const Tensor v = eigh(x).v;
    return sum(numbers({3, 3}) * matmul(eigh(x).v * exp(eigvalsh(x)), transpose(v)));
  };
  BOOST_TEST(error_of([&] {
               slope(f, symmetric({2, 1, 2}));
             }).starts_with("[eigh] eigenvalues 1 and 2"));
  const auto g = [](const Tensor& x) {
    const auto [u, s, vh] = svd(x);
    return sum(numbers({3, 3}) * matmul(svd(x).u * svdvals(x), vh));
  };
  BOOST_TEST(error_of([&] {
               slope(g, with_singular_values(3, 3, {2, 1, 1}));
             }).starts_with("[svd] singular values 1 and 2"));
  // A projector onto the space of equal values needs no values.
  const auto onto = [](const Tensor& x) {
    const Tensor v = slice(eigh(x).v, 1, 1, 3);
    return sum(numbers({3, 3}) * matmul(v, transpose(v)));
  };
  const auto without = [](const Tensor& x) {
    const Tensor v = slice(eigh(x).v, 1, 0, 1);
    return sum(numbers({3, 3}) * (identity(3) - matmul(v, transpose(v))));
  };
  const Tensor a = symmetric({2, 1, 2});
  check_near(slope(onto, a), slope(without, a), 1e-12);
}

// The limits hold at the point alone: a derivative of them is refused, not guessed.
BOOST_AUTO_TEST_CASE(derivatives_of_limits_are_refused) {
  const Tensor a = symmetric({2, 1, 2});
  const auto f = [](const Tensor& x) {
    return trace(by_eigenvalues(x, [](const Tensor& w) { return exp(w); }));
  };
  BOOST_TEST(error_of([&] { hessian(f, a); }).starts_with("[eigh] eigenvalues 1 and 2 are equal"));
}

BOOST_AUTO_TEST_CASE(a_sweep_that_is_run_again_leaves_the_tape_as_it_was) {
  Tape tape;
  const Tensor a = tape.variable(symmetric({2, 1, 2})), z = tape.variable(f64(3));
  const Tensor y =
      z * sum(numbers({3, 3}) * by_eigenvalues(a, [](const Tensor& w) { return exp(w); }));
  const NodeId size = tape.size();
  const Tensor first = gradient(y, a);
  BOOST_TEST(tape.size() == size);
  BOOST_TEST(!first.is_tracked());
  BOOST_TEST(same_bits(gradient(y, std::vector<Tensor>{a, z})[0], first));
  BOOST_TEST(same_bits(gradient(y, a, {.retain_graph = false}), first));
  BOOST_TEST(error_of([&] { gradient(y, a); }).starts_with("[gradient] "));
}
