// Values and partials at infinite operands, wherever they have a limit there: it is what every way
// to them gives.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "engine/tensor/factory.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/reduce.h"
#include "ops/reduce/softmax.h"
#include "ops/transform/jacobian.h"
#include "tests/ops/page/ways.h"

using namespace tapestry;
using namespace tapestry::exact;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kAny = std::numeric_limits<double>::quiet_NaN();  // there is no limit

bool agree(double found, double limit) {
  return std::isnan(limit) || found == limit || std::abs(found - limit) < 1e-6;
}

struct Limit {
  const char* name;
  double x, z, y, dx, dz = kAny;
};

// Angles at infinity are C's convention, their partials a limit.
const Limit kLimits[] = {
    {"exp", -kInf, 0, 0, 0},
    {"exp2", -kInf, 0, 0, 0},
    {"expm1", -kInf, 0, -1, 0},
    {"log", kInf, 0, kInf, 0},
    {"log1p", kInf, 0, kInf, 0},
    {"sqrt", kInf, 0, kInf, 0},
    {"rsqrt", kInf, 0, 0, 0},
    {"reciprocal", kInf, 0, 0, 0},
    {"atan", kInf, 0, 1.57079632679, 0},
    {"atan", -kInf, 0, -1.57079632679, 0},
    {"tanh", kInf, 0, 1, 0},
    {"tanh", -kInf, 0, -1, 0},
    {"tanhshrink", kInf, 0, kInf, 1},
    {"asinh", -kInf, 0, -kInf, 0},
    {"acosh", kInf, 0, kInf, 0},
    {"erf", kInf, 0, 1, 0},
    {"erf", -kInf, 0, -1, 0},
    {"erfc", kInf, 0, 0, 0},
    {"erfc", -kInf, 0, 2, 0},
    {"erfinv", 1, 0, kInf, kInf},
    {"erfinv", -1, 0, -kInf, kInf},
    {"gaussian", kInf, 0, 0, 0},
    {"gaussian", -kInf, 0, 0, 0},
    {"normal_pdf", kInf, 0, 0, 0},
    {"normal_pdf", -kInf, 0, 0, 0},
    {"normal_cdf", kInf, 0, 1, 0},
    {"normal_cdf", -kInf, 0, 0, 0},
    {"lgamma", kInf, 0, kInf, kInf},
    {"digamma", kInf, 0, kInf, 0},
    {"sigmoid", kInf, 0, 1, 0},
    {"sigmoid", -kInf, 0, 0, 0},
    {"softplus", kInf, 0, kInf, 1},
    {"softplus", -kInf, 0, 0, 0},
    {"log_sigmoid", kInf, 0, 0, 0},
    {"log_sigmoid", -kInf, 0, -kInf, 1},
    {"relu", kInf, 0, kInf, 1},
    {"relu", -kInf, 0, 0, 0},
    {"silu", kInf, 0, kInf, 1},
    {"silu", -kInf, 0, 0, 0},
    {"gelu", kInf, 0, kInf, 1},
    {"gelu", -kInf, 0, 0, 0},
    {"mish", kInf, 0, kInf, 1},
    {"mish", -kInf, 0, 0, 0},
    {"hardswish", kInf, 0, kInf, 1},
    {"hardswish", -kInf, 0, 0, 0},
    {"elu", kInf, 0, kInf, 1},
    {"elu", -kInf, 0, -1, 0},
    {"selu", -kInf, 0, -1.7580993408, 0},
    {"leaky_relu", -kInf, 0, -kInf, 0.01},
    {"softsign", kInf, 0, 1, 0},
    {"softsign", -kInf, 0, -1, 0},
    {"add", kInf, 1, kInf, 1, 1},
    {"div", 1, kInf, 0, 0, 0},
    {"div", kInf, 2, kInf, 0.5, -kInf},
    {"pow", kInf, -1, 0, 0, 0},
    {"pow", kInf, 2, kInf, kInf, kInf},
    {"pow", 0.5, kInf, 0, 0, 0},
    {"pow", 2, -kInf, 0, 0, 0},
    {"atan2", kInf, 1, 1.57079632679, 0, 0},
    {"atan2", 1, kInf, 0, 0, 0},
    {"atan2", -1, -kInf, -3.14159265359, 0, 0},
    {"atan2", kInf, -kInf, 2.35619449019, 0, 0},
    {"minimum", -kInf, 1, -kInf, 1, 0},
    {"minimum", kInf, 1, 1, 0, 1},
    {"maximum", kInf, 1, kInf, 1, 0},
    {"maximum", 1, -kInf, 1, 1, 0},
    {"maximum", kInf, kInf, kInf, 0.5, 0.5},
    {"hypot", kInf, 1, kInf, 1, 0},
    {"hypot", -kInf, 1, kInf, -1, 0},
    {"hypot", 1, -kInf, kInf, 0, -1},
    {"logaddexp", -kInf, -kInf, -kInf, 0, 0},
    {"logaddexp", -kInf, 1, 1, 0, 1},
    {"logaddexp", 1, -kInf, 1, 1, 0},
    {"logaddexp", kInf, 1, kInf, 1, 0},
    {"logaddexp", -kInf, kInf, kInf, 0, 1},
    {"logistic_share", -kInf, -kInf, 0, 0, 0},
    {"logistic_share", kInf, 1, 1, 0, 0},
    {"logistic_share", 1, kInf, 0, 0, 0},
    {"fmod", 1, kInf, 1, 1, 0},
};

}  // namespace

BOOST_AUTO_TEST_CASE(infinite_operands_have_the_limits_as_values_and_partials_by_every_way) {
  for (const Limit& limit : kLimits) {
    const Line& at = line(limit.name);
    for (const Way& way : ways()) {
      const Numbers several(9, limit.x), beside(9, limit.z);  // a register and more
      const Found found = way.find(at, several, beside);
      const auto where = [&] {
        return fmt::format("{}({}, {}) by {}", limit.name, limit.x, limit.z, way.name);
      };
      for (const std::size_t i : {0u, 8u}) {
        BOOST_TEST(agree(found.y[i], limit.y), where() << " is " << found.y[i]);
        BOOST_TEST(agree(found.dx[i], limit.dx), where() << " has the partial " << found.dx[i]);
        if (at.binary)
          BOOST_TEST(agree(found.dz[i], limit.dz), where()
                                                       << " has the partial of z " << found.dz[i]);
      }
    }
  }
}

// What has the same limit has the same partials.
BOOST_AUTO_TEST_CASE(logsumexp_and_softmax_agree_with_logaddexp_at_infinity) {
  const std::vector<std::vector<double>> pairs{
      {-kInf, -kInf}, {-kInf, 1}, {1, -kInf}, {kInf, 1}, {-kInf, kInf}};
  for (const std::vector<double>& pair : pairs)
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Tensor x = from_vector(pair, {2}).to(dtype);
      const auto by_two = [](const Tensor& u) {
        return logaddexp(slice(u, 0, 0, 1), slice(u, 0, 1, 2));
      };
      const auto by_row = [](const Tensor& u) { return logsumexp(u); };
      const std::vector<double> expected =
          grad([&](const Tensor& u) { return sum(by_two(u)); })(x).to_vector();
      BOOST_TEST(by_two(x).item() == by_row(x).item());
      BOOST_TEST(grad(by_row)(x).to_vector() == expected);
      BOOST_TEST(jvp(by_row, x, tensor({2.0, 3.0}, dtype)).second.item() ==
                 2 * expected[0] + 3 * expected[1]);
      if (pair[0] == -kInf && pair[1] == -kInf) continue;  // no element is there to share
      BOOST_TEST(softmax(x).to_vector() == expected);
      BOOST_TEST(exp(log_softmax(x)).to_vector() == expected);
      BOOST_TEST(grad([](const Tensor& u) { return sum(softmax(u)); })(x).to_vector() ==
                 (std::vector<double>{0, 0}));
    }
}

BOOST_AUTO_TEST_CASE(of_several_infinite_elements_softmax_chooses_none) {
  const Tensor x = tensor({kInf, 1.0, kInf}, DType::f64);
  for (const Tensor& y : {softmax(x), exp(log_softmax(x))}) {
    BOOST_TEST(std::isnan(y.to_vector()[0]));
    BOOST_TEST(y.to_vector()[1] == 0);
  }
}
