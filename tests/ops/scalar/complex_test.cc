// Complex numbers of scalars: values and both partial derivatives of each part, against f'(z) of
// the analytic function, on cuts, at zero and far out.
#include "ops/complex.h"

#include <boost/test/unit_test.hpp>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "ops/ops.h"

using namespace tapestry;
using Plain = std::complex<double>;

namespace {

bool close(Plain a, Plain b, double tolerance) {
  return a == b || std::abs(a - b) <= tolerance * std::abs(b);
}

// f over any complex number, and f' of plain ones.
struct Function {
  std::string name;
  std::function<std::complex<Scalar>(std::complex<Scalar>)> active;
  std::function<Plain(Plain)> plain, derivative;
};
#define F(name, formula, slope)                                                                   \
  Function {                                                                                      \
#name, [](const std::complex <Scalar>&                                                        \
                  z) { return formula; }, [](const Plain&                                         \
                                                 z) { return formula; },                          \
                                                                      [](const Plain&             \
                                                                             z) { return slope; } \
  }
const std::vector<Function> kFunctions = {
    F(exp, exp(z), exp(z)),
    F(log, log(z), 1.0 / z),
    F(log10, log10(z), 0.43429448190325183 / z),
    F(sqrt, sqrt(z), 0.5 / sqrt(z)),
    F(sin, std::sin(z), cos(z)),
    F(cos, std::cos(z), -sin(z)),
    F(tan, std::tan(z), 1.0 / (cos(z) * cos(z))),
    F(sinh, sinh(z), cosh(z)),
    F(cosh, cosh(z), sinh(z)),
    F(tanh, tanh(z), 1.0 / (cosh(z) * cosh(z))),
    F(asin, asin(z), 1.0 / (sqrt(1.0 - z) * sqrt(1.0 + z))),
    F(acos, acos(z), -1.0 / (sqrt(1.0 - z) * sqrt(1.0 + z))),
    F(atan, atan(z), 1.0 / (1.0 + z * z)),
    F(asinh, asinh(z), 1.0 / sqrt(1.0 + z * z)),
    F(acosh, acosh(z), 1.0 / (sqrt(z - 1.0) * sqrt(z + 1.0))),
    F(atanh, atanh(z), 1.0 / (1.0 - z * z)),
    F(power, pow(z, 2.5), 2.5 * pow(z, 1.5)),
    F(whole_power, pow(z, 3), 3.0 * z * z),
    F(negative_power, pow(z, -2.0), -2.0 / (z * z * z)),
    F(exponential, pow(2.0, z), 0.69314718055994531 * pow(2.0, z)),
    F(self_power, pow(z, z), pow(z, z) * (log(z) + 1.0)),
    F(quotient, (z * 2.0 + 1.0) / (3.0 - z), 7.0 / ((3.0 - z) * (3.0 - z))),
    F(reciprocal, 1.0 / z, -1.0 / (z * z)),
};
#undef F

void holds(const Function& f, Plain at, double tolerance) {
  Tape tape;
  const Scalar x = tape.variable(at.real()), y = tape.variable(at.imag());
  const std::complex<Scalar> w = f.active({x, y});
  const Plain value = f.plain(at), slope = f.derivative(at);
  const auto who = fmt::format("{} at ({}, {})", f.name, at.real(), at.imag());
  BOOST_TEST(close({w.real().value(), w.imag().value()}, value, tolerance),
             who << ": " << w << ", right " << value);
  const auto j = jacobian({w.real(), w.imag()}, {x, y}).to_vector();
  BOOST_TEST(close({j[0], j[2]}, slope, tolerance),
             who << ": by x " << Plain(j[0], j[2]) << ", right " << slope);
  BOOST_TEST(close({j[3], -j[1]}, slope, tolerance),
             who << ": by y " << Plain(j[3], -j[1]) << ", right " << slope);
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_and_derivatives_are_those_of_the_analytic_functions) {
  for (const Function& f : kFunctions)
    for (const Plain z : {Plain(1.2, 0.7), Plain(-1.2, 0.7), Plain(0.3, -2.1), Plain(-0.4, -0.2),
                          Plain(2.5, -0.1), Plain(0.1, 0.05)})
      holds(f, z, 1e-13);
}

BOOST_AUTO_TEST_CASE(on_the_axes_and_on_cuts_they_are_those_of_the_side_that_the_zero_says) {
  for (const Function& f : kFunctions)
    for (const double real : {-10.0, -0.5, 0.5, 10.0})
      for (const double zero : {0.0, -0.0}) holds(f, {real, zero}, 1e-12);
}

BOOST_AUTO_TEST_CASE(far_out_nothing_cancels_and_nothing_overflows) {
  for (const Function& f : kFunctions)
    if (f.name == "tan" || f.name == "tanh")
      for (const Plain z :
           {Plain(10, 10), Plain(-10, 10), Plain(10, -10), Plain(17, 1), Plain(1, 17)})
        holds(f, z, 1e-13);
  Tape tape;
  const Scalar x = tape.variable(800.0), y = tape.variable(1.0);
  const std::complex<Scalar> w = tanh(std::complex<Scalar>(x, y));
  BOOST_TEST(w.real().value() == 1);
  BOOST_TEST(gradient(w.real(), x) == 0);
}

BOOST_AUTO_TEST_CASE(beside_branch_points_no_digits_are_lost) {
  for (const double side : {1.0, -1.0})
    for (const double step : {1e-8, -1e-8, 1e-100}) {
      Tape tape;
      const Scalar x = tape.variable(side), y = tape.variable(step);
      const Plain z(side, step), slope = 1.0 / ((1.0 - z) * (1.0 + z));
      const std::complex<Scalar> w = atanh(std::complex<Scalar>(x, y)),
                                 v = atan(std::complex<Scalar>(y, x));
      BOOST_TEST(close({w.real().value(), w.imag().value()}, std::atanh(z), 1e-14));
      BOOST_TEST(close({v.imag().value(), v.real().value()}, std::atanh(z), 1e-14));
      BOOST_TEST(close({gradient(w.real(), x), gradient(w.imag(), x)}, slope, 1e-14));
      BOOST_TEST(close({gradient(v.imag(), x), gradient(v.real(), x)}, slope, 1e-14));
    }
}

BOOST_AUTO_TEST_CASE(operands_may_be_plain_complex_real_or_expressions) {
  Tape tape;
  const Scalar x = tape.variable(2.0), y = tape.variable(3.0);
  const std::complex<Scalar> z(x, y);
  const Plain two_i(0, 2);
  const std::complex<Scalar> w = z * 2.0 + 2 * z + z * two_i + two_i * z + z * x + (x * x) * z -
                                 z / 2.0 + z / (x + y) + two_i * x + (x + y) * two_i + 1.0 / z;
  const Plain p(2, 3), right = p * 2.0 + 2.0 * p + p * two_i + two_i * p + p * 2.0 + 4.0 * p -
                               p / 2.0 + p / 5.0 + two_i * 2.0 + 5.0 * two_i + 1.0 / p;
  BOOST_TEST(close({w.real().value(), w.imag().value()}, right, 1e-15));
  BOOST_TEST((0.0 != z && z == z && z == p && p == z));
  const std::complex<Scalar> q =
      pow(z, x) - pow(x, z) + pow(z, two_i) + pow(two_i, z) + polar(x, y);
  const Plain q_right =
      pow(p, 2.0) - pow(2.0, p) + pow(p, two_i) + pow(two_i, p) + std::polar(2.0, 3.0);
  BOOST_TEST(close({q.real().value(), q.imag().value()}, q_right, 1e-14));
  BOOST_TEST(gradient(norm(z), x) == 4);
  BOOST_TEST(gradient(abs(z), y) == 3 / std::sqrt(13.0), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(arg(z), y) == 2. / 13, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(real(conj(z)).value() == 2);
  BOOST_TEST(imag(proj(z)).value() == 3);
}

BOOST_AUTO_TEST_CASE(whole_powers_have_derivatives_at_zero) {
  Tape tape;
  const Scalar x = tape.variable(0.0), y = tape.variable(0.0);
  const std::complex<Scalar> z(x, y), w = pow(z, 1) + pow(z, 2.0);
  BOOST_TEST(gradient(w.real(), x) == 1);
  BOOST_TEST(gradient(w.imag(), y) == 1);
}

BOOST_AUTO_TEST_CASE(scalars_of_other_numbers_make_complex_numbers_too) {
  Tape outer;
  const Scalar a = outer.variable(1.2);
  BasicTape<Scalar> inner;
  BasicTape<float> floats;
  const BasicScalar<Scalar> x = inner.variable(a);
  const std::complex<BasicScalar<Scalar>> w = sqrt(std::complex<BasicScalar<Scalar>>(x, 0.7));
  const Scalar slope = gradient(w.real(), x);
  const Plain z(1.2, 0.7), first = 0.5 / sqrt(z), second = -0.25 / (z * sqrt(z));
  BOOST_TEST(slope.value() == first.real(), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(gradient(slope, a) == second.real(), boost::test_tools::tolerance(1e-13));
  const BasicScalar<float> f = floats.variable(1.2f);
  const std::complex<BasicScalar<float>> v = asin(std::complex<BasicScalar<float>>(f, 0.7f));
  BOOST_TEST(v.real().value() == static_cast<float>(asin(z).real()),
             boost::test_tools::tolerance(1e-6f));
}
