#include "ops/elementwise/elementwise.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "ops/catalogue/domain.h"
#include "ops/elementwise/where.h"
#include "ops/page/numbers.h"
#include "ops/scalar/scalar.h"
#include "tests/support/differences.h"

namespace tapestry::detail::page_numbers {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  template <class T>                                             \
  T op##_value(T x) {                                            \
    return result;                                               \
  }
#include "ops/page/elementwise.def"
}  // namespace tapestry::detail::page_numbers
namespace wide = tapestry::detail::page_numbers;

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::detail::domains;

BOOST_AUTO_TEST_CASE(scalars_and_tensors_have_the_same_values_and_gradients) {
  const double x0 = 0.6, z0 = 1.7;
#define TAPESTRY_UNARY(name, result, vjp, kind, domain, ulps, doc)                              \
  {                                                                                             \
    const double at = sample_domain(domain, {}, 21).item();                                     \
    Tape tape;                                                                                  \
    const Scalar s = tape.variable(at);                                                         \
    const Tensor t = tape.variable(full({}, at, DType::f64));                                   \
    const Scalar ys = make_unary<Unary::name>(s);                                               \
    const Tensor yt = name(t);                                                                  \
    BOOST_TEST(ys.value() == yt.item(), boost::test_tools::tolerance(1e-14));                   \
    BOOST_TEST(gradient(ys, s) == gradient(yt, t).item(), boost::test_tools::tolerance(1e-13)); \
  }
#define TAPESTRY_BINARY(name, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {                                                                                      \
    Tape tape;                                                                           \
    const Scalar s = tape.variable(x0), r = tape.variable(z0);                           \
    const Tensor t = tape.variable(full({}, x0, DType::f64)),                            \
                 q = tape.variable(full({}, z0, DType::f64));                            \
    const auto [sx, sz] = gradient(make_binary<Binary::name>(s, r), s, r);               \
    const auto [tx, tz] = gradient(name(t, q), t, q);                                    \
    BOOST_TEST(sx == tx.item(), boost::test_tools::tolerance(1e-13));                    \
    BOOST_TEST(sz == tz.item(), boost::test_tools::tolerance(1e-13));                    \
    BOOST_TEST(gradient(make_binary<Binary::name>(s, z0), s) == sx);                     \
    BOOST_TEST(gradient(make_binary<Binary::name>(x0, r), r) == sz);                     \
  }
#include "ops/page/elementwise.def"
}

BOOST_AUTO_TEST_CASE(scalar_second_derivatives_agree_with_differences){
#define TAPESTRY_UNARY(name, result, vjp, kind, domain, ulps, doc)                            \
  {                                                                                           \
    const double at = sample_domain(domain, {}, 21).item();                                   \
    Tape tape;                                                                                \
    const Scalar x = tape.variable(at);                                                       \
    const Scalar slope = gradient(make_unary<Unary::name>(x) * x, x, {.create_graph = true}); \
    const double second = gradient(slope, x);                                                 \
    const double expected = test::difference(                                                 \
        [](double v) {                                                                        \
          Tape inner;                                                                         \
          const Scalar u = inner.variable(v);                                                 \
          return gradient(make_unary<Unary::name>(u) * u, u);                                 \
        },                                                                                    \
        at);                                                                                  \
    BOOST_TEST(std::abs(second - expected) <= 1e-8 * (1 + std::abs(expected)),                \
               #name << second << expected);                                                  \
  }
#include "ops/page/elementwise.def"
}

BOOST_AUTO_TEST_CASE(values_of_every_length_and_stride_are_right) {
  for (std::int64_t n : {0, 1, 2, 3, 7, 15, 16, 17, 33, 1000, 1024, 1025, 5000, 100000}) {
    const Tensor x = arange(n, DType::f32);
    const Tensor y = x * 2.0 + x;
    const std::vector<double> numbers = y.to_vector();
    for (std::int64_t i = 0; i < n; ++i)
      BOOST_REQUIRE(numbers[static_cast<std::size_t>(i)] == 3.0 * static_cast<double>(i));
  }
  const Tensor square_matrix = arange(6).view({3, 2}, {1, 3});  // a transposed view
  BOOST_TEST((square_matrix + square_matrix).to_vector() ==
             (std::vector<double>{0, 6, 2, 8, 4, 10}));
  const Tensor backwards = arange(4).view({4}, {-1}, 3);
  BOOST_TEST((backwards - arange(4)).to_vector() == (std::vector<double>{3, 1, -1, -3}));
}

BOOST_AUTO_TEST_CASE(dtypes_meet_in_the_larger_one) {
  const Tensor f = tensor({1.5}), d = tensor({2.0}, DType::f64), i = tensor({3}, DType::i64),
               b = tensor({1}, DType::boolean);
  BOOST_TEST(((f * d).dtype() == DType::f64));
  BOOST_TEST(((f * i).dtype() == DType::f32));
  BOOST_TEST(((i * b).dtype() == DType::i64));
  BOOST_TEST(((i * 2).dtype() == DType::i64));
  BOOST_TEST(((i * 0.5).dtype() == DType::f32));
  BOOST_TEST(((i / i).dtype() == DType::f32));
  BOOST_TEST((sin(i).dtype() == DType::f32));
  BOOST_TEST((f * i).item() == 4.5);
  BOOST_TEST((maximum(i, b)).item() == 3);
  BOOST_TEST(((f < d).dtype() == DType::boolean));
}

BOOST_AUTO_TEST_CASE(nan_and_infinity_pass_through) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  for (DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = tensor({nan, inf, -inf, 0.0, -0.0}, dtype);
#define TAPESTRY_UNARY(name, result, vjp, kind, domain, ulps, doc)                     \
  {                                                                                    \
    const std::vector<double> y = name(x).to_vector(), at = x.to_vector();             \
    for (std::size_t k = 0; k < at.size(); ++k) {                                      \
      const double expected = wide::name##_value<double>(at[k]);                       \
      const bool same = std::isnan(expected)   ? std::isnan(y[k])                      \
                        : std::isinf(expected) ? y[k] == expected                      \
                                               : std::abs(y[k] - expected) < 1e-6;     \
      BOOST_TEST(same, #name "(" << at[k] << ") is " << y[k] << ", not " << expected); \
    }                                                                                  \
  }
#include "ops/page/elementwise.def"
    const Tensor five = full({5}, 5, dtype);
    BOOST_TEST(std::isnan(minimum(x, five).to_vector()[0]));
    BOOST_TEST(std::isnan(minimum(five, x).to_vector()[0]));
    BOOST_TEST(std::isnan(maximum(x, five).to_vector()[0]));
    BOOST_TEST(std::isnan(maximum(five, x).to_vector()[0]));
  }
}

BOOST_AUTO_TEST_CASE(infinite_operands_have_the_limits_as_values) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = tensor({inf, -inf, inf, 1.0}, dtype);
    const Tensor z = tensor({inf, -inf, -inf, inf}, dtype);
    BOOST_TEST(logaddexp(x, z).to_vector() == (std::vector<double>{inf, -inf, inf, inf}));
    const Tensor a = tensor({0.0, 1.0, -1.0, 1.0, -1.0}, dtype);
    const Tensor b = tensor({inf, inf, inf, -inf, -inf}, dtype);
    BOOST_TEST(remainder(a, b).to_vector() == (std::vector<double>{0, 1, inf, -inf, -1}));
  }
}

BOOST_AUTO_TEST_CASE(a_branch_not_taken_contributes_nothing_even_where_its_slope_is_infinite) {
  Tape tape;
  const Tensor x = tape.variable(tensor({0.0, 4.0}));
  const Tensor y = where(x > 0, sqrt(x), 0);
  BOOST_TEST(gradient(y, x, {.cotangent = ones({2})}).to_vector() ==
             (std::vector<double>{0, 0.25}));
}

BOOST_AUTO_TEST_CASE(scalars_and_tensors_share_one_gradient) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1.0, 2.0}), "x");
  const Scalar s = tape.variable(2.0, "s");
  const Tensor y = sum_to(x * x * s + s / x, {});
  BOOST_TEST(y.item() == 13);
  const auto [gx, gs] = gradient(y, x, s);
  BOOST_TEST(gx.to_vector() == (std::vector<double>{2, 7.5}));
  BOOST_TEST(gs == 6.5);
  const Scalar z = at(x, {1}) * at(x, {0}) * s;
  BOOST_TEST(gradient(z, x).to_vector() == (std::vector<double>{4, 2}));
}
