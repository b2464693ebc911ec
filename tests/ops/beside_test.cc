// The dtype in which tensors and numbers meet: by types alone.
#include "ops/elementwise/beside.h"

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {
const Tensor kInts = arange(3, DType::i64), kMask = kInts > 0, kF32 = arange(3);
}

BOOST_AUTO_TEST_CASE(the_dtype_depends_on_types_alone) {
  for (const double number : {2.0, 2.5, 1e30}) {
    BOOST_TEST((kInts * number).dtype() == DType::f32);
    BOOST_TEST((number - kMask).dtype() == DType::f32);
    BOOST_TEST((kF32 * number).dtype() == DType::f32);
  }
  for (const int number : {0, 2, -3}) {
    BOOST_TEST((kInts * number).dtype() == DType::i64);
    BOOST_TEST((number + kMask).dtype() == DType::i64);
    BOOST_TEST((kF32 - number).dtype() == DType::f32);
  }
  BOOST_TEST((kInts * true).dtype() == DType::i64);
  BOOST_TEST((kMask * true).dtype() == DType::boolean);
  BOOST_TEST((kInts.to(DType::f64) * 2.f).dtype() == DType::f64);
  BOOST_TEST(where(kMask, kInts, 0).dtype() == DType::i64);
  BOOST_TEST(where(kMask, kInts, 0.0).dtype() == DType::f32);
  BOOST_TEST(clamp(kInts, 0, 1).dtype() == DType::i64);
  BOOST_TEST(maximum(kInts, 1u).dtype() == DType::i64);
}

BOOST_AUTO_TEST_CASE(scalars_are_floating_followed_or_not) {
  BOOST_TEST((kInts * Scalar(2)).dtype() == DType::f32);
  Tape tape;
  const Scalar s = tape.variable(2.0);
  const Tensor y = kInts * s + kInts * (s * s);
  BOOST_TEST(y.dtype() == DType::f32);
  BOOST_TEST(gradient(sum(y), s) == 15);
}

BOOST_AUTO_TEST_CASE(large_integers_stay_exact) {
  const std::int64_t large = 9007199254740993;  // 2^53 + 1
  BOOST_TEST(((kInts * 0 + large) == tensor({large, large, large}, DType::i64)).to_vector() ==
             (std::vector<double>{1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(masks) {
  const Tensor x = tensor({0.25, 0.5, 0.9}), low = x > 0.3, high = x < 0.7;
  for (const Tensor& both : {low * high, low & high, logical_and(low, high), minimum(low, high)}) {
    BOOST_TEST(both.dtype() == DType::boolean);
    check_values(both, {3}, {0, 1, 0});
  }
  check_values(low | high, {3}, {1, 1, 1});
  check_values(low ^ high, {3}, {1, 0, 1});
  check_values(~low, {3}, {1, 0, 0});
  check_values(!x, {3}, {0, 0, 0});
  check_values(where((x > 0.3) * (x < 0.7), x, 0.0), {3}, {0, 0.5, 0});
  BOOST_TEST((low + high).dtype() == DType::i64);
  BOOST_TEST(error_of([&] { x& low; }) ==
             "[&] one side is f32; both must be boolean, see logical_and, logical_or, logical_not");
}

BOOST_AUTO_TEST_CASE(deviations_have_two_names) {
  BOOST_TEST(stddev(kF32).item() == tapestry::std(kF32).item());
  BOOST_TEST(variance(kF32).item() == var(kF32).item());
}
