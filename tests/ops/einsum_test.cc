#include "ops/einsum/einsum.h"

#include "ops/product/contraction.h"
#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {

double apart(const Tensor& a, const Tensor& b) { return distance(a, b); }

// Labels 0, 1, ... for letters a, b, ...
LabelSet set_of(std::string_view letters) {
  LabelSet set = 0;
  for (char c : letters) set |= label_bit(c - 'a');
  return set;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_other_functions_compute) {
  const Tensor a = numbers({2, 3}, 1), b = numbers({3, 4}, 2), s = numbers({3, 3}, 3);
  const Tensor p = numbers({5, 2, 3}, 4), q = numbers({5, 3, 4}, 5);
  BOOST_TEST(apart(einsum("ij,jk->ik", a, b), matmul(a, b)) < 1e-15);
  BOOST_TEST(apart(einsum("ij,jk->ki", a, b), transpose(matmul(a, b))) < 1e-15);
  BOOST_TEST(apart(einsum("bij,bjk->bik", p, q), matmul(p, q)) < 1e-15);
  BOOST_TEST(apart(einsum("ii", s), trace(s)) < 1e-15);
  BOOST_TEST(apart(einsum("ii->i", s), diagonal(s)) == 0);
  BOOST_TEST(apart(einsum("ij->", a), sum(a)) < 1e-15);
  BOOST_TEST(apart(einsum("i,j", slice(a, 0, 0, 1).view({3}, {1}), diagonal(s)),
                   outer(slice(a, 0, 0, 1).view({3}, {1}), diagonal(s))) == 0);
  BOOST_TEST(apart(einsum("ij,ij->", a, a), sum(square(a))) < 1e-15);
  BOOST_TEST(apart(einsum("ij,ij->ij", a, a), square(a)) == 0);
  BOOST_TEST(apart(einsum("bij->bji", p), transpose(p)) == 0);
}

BOOST_AUTO_TEST_CASE(the_implicit_result) {
  const Tensor a = numbers({2, 3}, 1), b = numbers({3, 4}, 2);
  BOOST_TEST(apart(einsum("ba", a), transpose(a)) == 0);
  BOOST_TEST(apart(einsum("zj, jb", a, b), transpose(matmul(a, b))) < 1e-15);
  BOOST_TEST((einsum("b...a", numbers({2, 3, 4, 5})).shape() == Shape{3, 4, 5, 2}));
  BOOST_TEST((einsum("aB", a).shape() == Shape{3, 2}));  // capitals come first, as in NumPy
}

BOOST_AUTO_TEST_CASE(the_axes_that_are_left) {
  const Tensor p = numbers({5, 1, 2, 3}, 1), q = numbers({4, 3, 6}, 2);
  BOOST_TEST(apart(einsum("...ij,...jk->...ik", p, q), matmul(p, q)) < 1e-15);
  BOOST_TEST(apart(einsum("...ij,...jk", p, q), matmul(p, q)) < 1e-15);
  BOOST_TEST(apart(einsum("i...->...", q), sum(q, {.axis = 0})) < 1e-15);
  BOOST_TEST(apart(einsum("...ij->ij", q), sum(q, {.axis = 0})) < 1e-15);
  BOOST_TEST(apart(einsum("...j->j", q), sum(q, {.axis = {0, 1}})) < 1e-15);
  BOOST_TEST(einsum("...,...", full({}, 2), full({}, 3)).item() == 6);
}

BOOST_AUTO_TEST_CASE(diagonals_and_stretched_axes) {
  const Tensor t = numbers({3, 2, 3, 3}, 1), a = numbers({3, 2}, 2);
  Tensor expected = zeros({2}, DType::f64);
  for (int i = 0; i < 3; ++i)
    expected = expected + reshape(slice(t, {{i, i + 1}, {}, {i, i + 1}, {i, i + 1}}), {2}) *
                              reshape(slice(a, 0, i, i + 1), {2});
  BOOST_TEST(apart(einsum("ijii,ij->j", t, a), expected) < 1e-15);
  const Tensor row = numbers({1, 2}, 3);
  BOOST_TEST(apart(einsum("ij,ij->ij", a, row), a * row) == 0);
  BOOST_TEST(apart(einsum("ij,ij->j", row, a), sum(a * row, {.axis = 0})) < 1e-15);
  BOOST_TEST(apart(einsum("ij,kj->ik", row, row), matmul(row, transpose(row))) < 1e-15);
}

BOOST_AUTO_TEST_CASE(many_operands) {
  std::vector<Tensor> chain;
  std::string equation;
  Tensor product = eye(3, DType::f64);
  for (int k = 0; k < 12; ++k) {
    chain.push_back(numbers({3, 3}, static_cast<std::uint64_t>(k)));
    product = matmul(product, chain.back());
    equation +=
        fmt::format("{}{}{}", k ? "," : "", static_cast<char>('a' + k), static_cast<char>('b' + k));
  }
  BOOST_TEST(apart(einsum(equation + "->am", chain), product) < 1e-13);
  const std::vector<Tensor> ten(chain.begin(), chain.begin() + 10);
  BOOST_TEST(apart(einsum("ab,bc,cd,de,ef,fg,gh,hi,ij,jk->", ten),
                   sum(einsum("ab,bc,cd,de,ef,fg,gh,hi,ij,jk", ten))) < 1e-13);
}

BOOST_AUTO_TEST_CASE(the_cheapest_order) {
  LabelExtents extents{};
  extents.fill(1000);
  extents[0] = extents[2] = 2;  // a and c are short
  const std::vector<LabelSet> chain{set_of("ab"), set_of("bc"), set_of("cd")};
  const auto first_of = [&](std::string_view result) {
    const auto steps = contraction_order(chain, set_of(result), extents);
    BOOST_TEST(steps.size() == 2U);
    return std::pair(std::min(steps[0].first, steps[0].second),
                     std::max(steps[0].first, steps[0].second));
  };
  BOOST_TEST((first_of("ad") == std::pair(0, 1)));  // 4000 + 4000, not 2 10^6 twice
  extents[0] = 1000;
  extents[1] = extents[3] = 2;
  BOOST_TEST((first_of("ad") == std::pair(1, 2)));  // 8 + 4000, not 4000 twice
  BOOST_TEST(contraction_order({set_of("a")}, 0, extents).empty());
}

BOOST_AUTO_TEST_CASE(dtypes_and_empty_axes) {
  const Tensor whole = ones({2, 3}, DType::i64), truth = ones({3}, DType::boolean);
  BOOST_TEST(einsum("ij,j->i", whole, truth).dtype() == DType::i64);
  check_values(einsum("ij,j->i", whole, truth), {2}, {3, 3});
  BOOST_TEST(einsum("ij,j->i", whole, ones({3})).dtype() == DType::f32);
  BOOST_TEST(einsum("i,i->i", truth, truth).dtype() == DType::i64);
  check_values(einsum("ij,jk->ik", zeros({2, 0}), zeros({0, 2})), {2, 2}, {0, 0, 0, 0});
  check_values(einsum("ij,jk->ik", zeros({0, 2}), zeros({2, 2})), {0, 2}, {});
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  const Tensor a = numbers({60, 70, 8}, 1), b = numbers({70, 50}, 2), c = numbers({8, 60}, 3);
  check_threads([&] { return einsum("ijk,jl,ki->l", a, b, c); });
}
