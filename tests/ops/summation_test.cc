// What is summed in single precision is summed as well as sum() does it: errors stay near rounding
// however many terms there are, and however far from 0 they lie.
#include "tests/ops/linalg/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

// The largest difference between f in f32 and f in f64 of the same numbers, relative to the largest
// number.
double error(const Function& f, const Tensor& x) {
  const Tensor exact = f(x.to(DType::f64));
  return (max(abs(f(x).to(DType::f64) - exact)) / max(abs(exact))).item();
}

// 0.1 is above its neighbour in f32, so that roundings do not cancel.
Tensor tenths(const Shape& shape) { return full(shape, 0.1); }

Tensor indices(const std::vector<std::int64_t>& numbers) {
  return from_vector(numbers, {static_cast<std::int64_t>(numbers.size())});
}

}  // namespace

BOOST_AUTO_TEST_CASE(variances_far_from_zero) {
  for (const double offset : {1e3, 1e4, 1e5, 1e6})
    for (const VarianceOptions& options : std::vector<VarianceOptions>{
             {}, {.axis = 0}, {.axis = 1}, {.axis = {0, 2}}, {.axis = -1, .correction = 0}}) {
      const Tensor x = (numbers({40, 30, 20}) + offset).to(DType::f32);
      const Function variance = [&](const Tensor& a) { return var(a, options); };
      const Function deviation = [&](const Tensor& a) { return tapestry::std(a, options); };
      for (const Tensor& a : {x, transpose(x), slice(x, 1, 0, 30, 3)})
        for (const Function& f : {variance, deviation}) {
          BOOST_TEST(error(f, a) < 1e-6);
          BOOST_TEST(error(grad([&](const Tensor& b) { return sum(f(b)); }), a) < 2e-6);
          BOOST_TEST(error([&](const Tensor& b) { return vmap(f)(stack({b, b})); }, a) < 1e-6);
          BOOST_TEST(error([&](const Tensor& b) { return jvp(f, b, b - offset).second; }, a) <
                     2e-6);
        }
      const Tensor constant = full({7, 9, 11}, offset + 0.1);
      BOOST_TEST(max(variance(constant)).item() == 0);
    }
}

BOOST_AUTO_TEST_CASE(variances_far_from_zero_in_double_precision) {
  const Tensor x = round(1024 * numbers({1000, 3})) / 1024;
  for (const int axis : {0, 1})
    BOOST_TEST(distance(var(x + 0x1p40, {.axis = axis}), var(x, {.axis = axis})) < 1e-13);
}

BOOST_AUTO_TEST_CASE(what_meets_in_one_place) {
  for (const std::int64_t n : {50, 1000, 400'000}) {
    const Tensor v = tenths({n}), one = zeros({n}, DType::i64);
    const double exact = static_cast<double>(n) * static_cast<double>(0.1F);
    // Few places, many places that nothing goes to, one place.
    for (const std::int64_t places : {1, 3, 100 * static_cast<int>(n)}) {
      BOOST_TEST(std::abs(scatter_add(zeros({places}), 0, one, v).to_vector()[0] / exact - 1) <
                 1e-6);
      const auto taken = grad([&](const Tensor& table) { return sum(take(table, one) * v); });
      BOOST_TEST(std::abs(taken(zeros({places})).to_vector()[0] / exact - 1) < 1e-6);
      const auto gathered = grad([&](const Tensor& x) { return sum(gather(x, 0, one) * v); });
      BOOST_TEST(std::abs(gathered(zeros({places})).to_vector()[0] / exact - 1) < 1e-6);
    }
  }
}

// Rows of a table, some of them named often, along any axis, one table for all or one for each
// example.
BOOST_AUTO_TEST_CASE(embeddings_with_common_words) {
  std::vector<std::int64_t> words;
  for (std::int64_t i = 0; i < 3000; ++i) words.push_back(i % 10 < 7 ? i % 2 * 500 : i % 800);
  const Tensor named = indices(words), w = (numbers({3000, 4}, 2) + 3).to(DType::f32);
  for (const std::int64_t extent : {800, 60000}) {
    const Tensor table = zeros({extent, 4});
    const auto rows = [&](const Tensor& t) { return sum(take(t, named) * w.to(t.dtype())); };
    const auto columns = [&](const Tensor& t) {
      return sum(take(transpose(t), named, 1) * transpose(w).to(t.dtype()));
    };
    const auto whole = [&](const Tensor& t) {
      return sum(gather(t, 0, broadcast_to(unsqueeze(named, 1), {3000, 4})) * w.to(t.dtype()));
    };
    for (const Function& f : {Function(rows), Function(columns), Function(whole)}) {
      BOOST_TEST(error(grad(f), table) < 1e-6);
      check_threads([&] { return grad(f)(table); });
    }
    const Tensor both = stack({named, flip(named, 0)});
    const auto of_examples = [&](const Tensor& t) {
      return vmap([&](const Tensor& i) {
        return grad([&](const Tensor& a) { return sum(take(a, i) * w.to(t.dtype())); })(t);
      })(both);
    };
    BOOST_TEST(error(of_examples, table) < 1e-6);
  }
}

// So many that each thread lists those of the others: terms are still added in their order.
BOOST_AUTO_TEST_CASE(embeddings_of_long_texts) {
  std::vector<std::int64_t> words;
  for (std::int64_t i = 0; i < 40000; ++i) words.push_back(i * 7919 % 1000 * (i % 3 == 0 ? 1 : 59));
  const Tensor named = indices(words), w = (numbers({40000, 4}, 2) + 3).to(DType::f32);
  const Tensor table = zeros({60000, 4});
  const auto rows = [&](const Tensor& t) { return sum(take(t, named) * w.to(t.dtype())); };
  BOOST_TEST(error(grad(rows), table) < 1e-6);
  check_threads([&] { return grad(rows)(table); });
  check_threads([&] {
    return scatter_add(ones({60000, 4}), 0, broadcast_to(unsqueeze(named, 1), {40000, 4}), w);
  });
}

// A place that few meet keeps what scatter_add gives one by one.
BOOST_AUTO_TEST_CASE(sums_apart_lie_where_they_belong) {
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < 500; ++i) places.push_back(i % 5 == 0 ? 3 : (7 * i) % 1000);
  const Tensor where_to = unsqueeze(unsqueeze(indices(places), 0), 2);
  const Tensor x = numbers({2, 20000, 3}).to(DType::f32);
  const Tensor terms = numbers({2, 500, 3}, 2).to(DType::f32);
  const Tensor index = broadcast_to(where_to, terms.shape());
  const Tensor single = scatter_add(x, 1, index, terms);
  const Tensor exact = scatter_add(x.to(DType::f64), 1, index, terms.to(DType::f64));
  BOOST_TEST(max(abs(single.to(DType::f64) - exact)).item() < 4e-6);
  check_threads([&] { return scatter_add(x, 1, index, terms); });
}

BOOST_AUTO_TEST_CASE(windows_that_overlap) {
  const Tensor x = tenths({6000});
  BOOST_TEST(error(grad([](const Tensor& a) { return sum(unfold(a, 0, 2000, 1) * 0.1); }), x) <
             1e-6);
}

BOOST_AUTO_TEST_CASE(long_products) {
  const std::int64_t n = 300'000;
  for (const Tensor& a : {tenths({4, n}), (numbers({4, n}) + 2).to(DType::f32)}) {
    const Tensor v = squeeze(slice(a, 0, 0, 1), 0);
    const std::vector<Function> products{
        [](const Tensor& x) { return matmul(x, transpose(x)); },
        [&](const Tensor& x) { return matmul(x, v.to(x.dtype())); },
        [&](const Tensor& x) { return matmul(v.to(x.dtype()), transpose(x)); },
        [](const Tensor& x) { return matmul(transpose(transpose(x).contiguous()), transpose(x)); },
        [&](const Tensor& x) {
          return matmul(transpose(transpose(x).contiguous()), v.to(x.dtype()));
        },
        [](const Tensor& x) { return dot(reshape(x, {-1}), reshape(x, {-1})); },
        [](const Tensor& x) { return norm(x); },
        [](const Tensor& x) { return einsum("in,in->i", x, x); },
        [](const Tensor& x) { return matmul(unsqueeze(x, 1), unsqueeze(x, 2)); },
        [](const Tensor& x) { return cumsum(x, 1); },
        [](const Tensor& x) { return logsumexp(x, {.axis = 1}); },
        [](const Tensor& x) { return mean(x, {.axis = 1}); },
    };
    for (std::size_t i = 0; i < products.size(); ++i) {
      BOOST_TEST_CONTEXT("product " << i) BOOST_TEST(error(products[i], a) < 2e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(products_of_many_factors) {
  Rng rng(3);
  const Tensor x = uniform({60'000}, 0.999, 1.001, rng);
  const std::vector<Function> functions{
      [](const Tensor& a) { return prod(a); },
      [](const Tensor& a) {
        return prod(reshape(a, {30'000, 2}), {.axis = 0});
      },
      [](const Tensor& a) {
        return prod(reshape(a, {2, 30'000}), {.axis = 1});
      },
      [](const Tensor& a) { return slice(cumprod(a, 0), 0, 59'999, 60'000); }};
  for (const Function& f : functions) {
    BOOST_TEST(error(f, x) < 1e-7);
    BOOST_TEST(error(grad([&](const Tensor& a) { return sum(f(a)); }), x) < 1e-6);
    BOOST_TEST(error([&](const Tensor& a) { return jvp(f, a, a - 1.0).second; }, x) < 1e-6);
  }
  // What overflows on the way does not in the end.
  BOOST_TEST(prod(tensor({1e30, 1e30, 1e-30, 1e-30})).item() == 1,
             boost::test_tools::tolerance(1e-6));
}
