// Second derivatives where a function has saturated: numbers, however far out, by every way to
// them.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/transform/jacobian.h"
#include "ops/reduce/reduce.h"
#include "ops/scalar/scalar.h"
#include "ops/scalar/scalar_hessian.h"

using namespace tapestry;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Way {
  const char* name;
  double second;
};

// d2f/dx2 of f, a function of any number.
template <class F>
std::vector<Way> seconds(F f, double at) {
  const auto of_tensor = [&](DType dtype) {
    const auto total = [&](const Tensor& x) { return sum(f(x)); };
    return hvp(total, full({1}, at, dtype), ones({1}, dtype)).item();
  };
  const auto recorded_of_tensor = [&](DType dtype) {
    return grad([&](const Tensor& x) {
             return sum(grad([&](const Tensor& u) { return sum(f(u)); })(x));
           })(full({1}, at, dtype))
        .item();
  };
  Tape tape;
  const Scalar x = tape.variable(at), y = f(x);
  const Scalar slope = gradient(y, x, {.create_graph = true});
  BasicTape<Scalar> inner;
  const BasicScalar<Scalar> nested = inner.variable(x), result = f(nested);
  const Scalar outer = gradient(result, nested);
  return {{"hvp, f32", of_tensor(DType::f32)},
          {"hvp, f64", of_tensor(DType::f64)},
          {"recorded, f32", recorded_of_tensor(DType::f32)},
          {"recorded, f64", recorded_of_tensor(DType::f64)},
          {"hessian of scalars", hessian(y, {x}).item()},
          {"recorded scalars", gradient(slope, x)},
          {"nested scalars", gradient(outer, x)}};
}

template <class F, class Truth>
void check(const char* name, F f, Truth truth, const std::vector<double>& points) {
  for (const double at : points)
    for (const Way& way : seconds(f, at)) {
      const double expected = truth(at);
      BOOST_TEST(std::abs(way.second - expected) <= 1e-5 * std::abs(expected) + 1e-30,
                 name << "'' at " << at << " is " << way.second << " by " << way.name << ", not "
                      << expected);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(tanh_and_mish_have_second_derivatives_where_cosh_overflows) {
  const auto of_tanh = [](double x) {
    const double e = std::exp(-2 * std::abs(x));
    return -8 * std::copysign(e, x) * (1 - e) / ((1 + e) * (1 + e) * (1 + e));
  };
  check("tanh", [](const auto& x) { return std::decay_t<decltype(x)>(tanh(x)); }, of_tanh,
        {1e-9, 0.5, 20, -20, 60, 100, -100, 374, 376, 800, -1e30, 1e38, kInf, -kInf});
  check(
      "mish", [](const auto& x) { return std::decay_t<decltype(x)>(mish(x)); },
      [](double x) {
        if (x > 380) return 0.0;
        return x > 15 ? 4 * std::exp(-2 * x) * (2 - 2 * x) : std::exp(x) * (2 + x);
      },
      {-20, 20, 60, 100, 400, 800, 1e30, 1e38, kInf});
}
