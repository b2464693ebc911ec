// Matrices that are singular to rounding: one test and one message, whatever a factorization leaves
// of their zeros.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

constexpr std::string_view kText = "the matrix is singular to rounding";

// n by n of rank n - 1; small integers, products of random numbers, columns nearly dependent on one
// another before the last ones are.
std::vector<Tensor> singular(std::int64_t n) {
  const Tensor random = numbers({n, n}, 3), thin = numbers({n, n - 1}, 4);
  const Tensor whole = round(9 * random);
  const auto with_last = [&](const Tensor& x, const Tensor& last) {
    return concat({slice(x, 1, 0, n - 1), last}, 1);
  };
  const Tensor first = slice(random, 1, 0, 1);
  std::vector<Tensor> matrices{
      with_last(whole, 3 * slice(whole, 1, 0, 1)),
      with_last(random, sum(slice(random, 1, 0, n - 1), {.axis = 1, .keepdims = true})),
      matmul(thin, numbers({n - 1, n}, 5)), transpose(matmul(thin, transpose(thin)))};
  if (n > 2) {
    const Tensor near = first + 1e-3 * slice(random, 1, 1, 2);
    matrices.push_back(concat({first, near, slice(random, 1, 2, n - 1), first - near}, 1));
  }
  for (std::size_t i = 0, count = matrices.size(); i < count; ++i) {
    matrices.push_back(matrices[i].to(DType::f32));
    matrices.push_back(matrices[i] * exp(20 * numbers({n}, 6)));
    matrices.push_back(matrices[i] * exp(20 * numbers({n, 1}, 7)));
  }
  return matrices;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_factorization_refuses_in_the_same_words) {
  for (const std::int64_t n : {2, 3, 5, 20, 60})
    for (const Tensor& a : singular(n)) {
      const auto refused = [](const std::string& who, const std::function<void()>& f) {
        BOOST_TEST(error_of(f).starts_with(fmt::format("[{}] {}", who, kText)));
      };
      refused("solve", [&] { solve(a, ones({n}, a.dtype())); });
      refused("inverse", [&] { inverse(a); });
      refused("matrix_power", [&] { matrix_power(a, -1); });
      refused("slogdet", [&] { slope([](const Tensor& x) { return slogdet(x).logabsdet; }, a); });
      const auto [sign, logabs] = slogdet(a);
      BOOST_TEST(sign.item() == 0);
      BOOST_TEST(logabs.item() == -kInfinity);
    }
}

BOOST_AUTO_TEST_CASE(orthogonal_factors_know_dependent_columns) {
  for (const std::int64_t n : {2, 3, 5, 20, 60}) {
    const Tensor a = numbers({2 * n, n - 1}),
                 last = 2 * slice(a, 1, 0, 1) - slice(a, 1, n - 2, n - 1);
    const Tensor tall = concat({a, last}, 1) * exp(20 * numbers({n}, 6));
    for (const Tensor& x : {tall, tall.to(DType::f32)}) {
      BOOST_TEST(error_of([&] {
                   slope([](const Tensor& m) { return sum(qr(m).q); }, x);
                 }).starts_with(fmt::format("[qr] {}", kText)));
      BOOST_TEST(error_of([&] {
                   lstsq(x, ones({2 * n}, x.dtype()));
                 }).starts_with(fmt::format("[lstsq] {}", kText)));
      BOOST_TEST(error_of([&] {
                   lstsq(transpose(x), ones({n}, x.dtype()));
                 }).starts_with(fmt::format("[lstsq] {}", kText)));
    }
  }
}

BOOST_AUTO_TEST_CASE(cholesky_refuses_what_is_not_positive_definite_to_rounding) {
  for (const std::int64_t n : {2, 3, 5, 20, 60})
    for (const std::int64_t rank : {std::int64_t{1}, (n + 1) / 2, n - 1}) {
      const Tensor x = numbers({n, rank}), size = exp(10 * numbers({n, 1}, 6)),
                   whole = round(9 * x);
      const Tensor gram = matmul(size * x, transpose(size * x));
      for (const Tensor& a : {gram, gram.to(DType::f32), matmul(whole, transpose(whole)),
                              gram - square(size) * identity(n)})
        BOOST_TEST(error_of([&] { cholesky(a); }) ==
                   "[cholesky] the matrix is not positive definite to rounding");
    }
}

// Rows and columns of any sizes, small pivots, Hilbert's matrices as long as their inverses have a
// digit.
BOOST_AUTO_TEST_CASE(regular_matrices_are_taken) {
  for (const std::int64_t n : {1, 2, 5, 30}) {
    const Tensor a = dominant({n, n}), rows = exp(20 * numbers({n, 1}, 6)),
                 columns = exp(20 * numbers({n}, 7));
    const Tensor right = sum(a, {.axis = 1});
    check_near(solve(a * columns, right) * columns, ones({n}), 1e-9);
    check_near(lstsq(a * columns, right) * columns, ones({n}), 1e-9);
    check_near(solve(a * rows, right * squeeze(rows, 1)), ones({n}), 1e-6);
    for (const Tensor& x : {a * rows, a * columns, diag(columns), a * 1e-300, a * 1e300}) {
      BOOST_TEST(slogdet(x).sign.item() != 0);
      inverse(x);
    }
    cholesky(matmul(a, transpose(a)) * columns * unsqueeze(columns, 1));
    qr(a * columns);
    slope([](const Tensor& m) { return sum(qr(m).r); }, a * columns);
  }
  check_near(solve(f64({{1e-20, 1}, {1, 1}}), f64({1, 2})), f64({1, 1}));
  for (const std::int64_t n : {3, 6, 9}) {
    const Tensor i = arange(n, DType::f64), hilbert = 1 / (1 + i + unsqueeze(i, 1));
    check_near(matmul(hilbert, inverse(hilbert)), identity(n), 1e-3);
    cholesky(hilbert);
  }
}
