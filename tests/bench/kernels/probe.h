// A number type that counts the elementary operations it takes part in: Probe<double> for
// operations an evaluation, Probe<std::complex<double>> for the complex step, which finds
// derivatives to the last bit without any rule (Squire, Trapp, Using complex variables to estimate
// derivatives of real functions, SIAM Review 40, 1998). Without counting it is a plain number, and
// by its name another type.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>

namespace tapestry::bench {

inline double complement_of_erf(double x) { return std::erfc(x); }

// 1 - erf(z) by erf(z) = 2/sqrt(pi) exp(-z^2) sum 2^n z^(2n+1) / (1 3 5 ... (2n+1)), Abramowitz and
// Stegun 7.1.6. Terms of one sign for real z; for |z| below 6 or so.
inline std::complex<double> complement_of_erf(std::complex<double> z) {
  std::complex<double> term = z, sum = z;
  for (int n = 1; std::abs(term) > 1e-20 * std::abs(sum); ++n) {
    term *= 2.0 * z * z / (2.0 * n + 1);
    sum += term;
  }
  return 1.0 - 2 * std::numbers::inv_sqrtpi * std::exp(-z * z) * sum;
}

template <class V, bool counting = true>
class Probe {
 public:
  Probe(double value = 0) : value_(value) {}  // NOLINT: numbers convert
  static Probe of(V value) {
    Probe made;
    made.value_ = value;
    return made;
  }

  double value() const { return std::real(value_); }
  V raw() const { return value_; }
  inline static thread_local std::int64_t operations = 0;

#define TAPESTRY_OPERATOR(op)                                                          \
  friend Probe operator op(Probe x, Probe z) { return counted(x.value_ op z.value_); } \
  Probe& operator op##=(Probe z) { return *this = *this op z; }
  TAPESTRY_OPERATOR(+)
  TAPESTRY_OPERATOR(-)
  TAPESTRY_OPERATOR(*)
  TAPESTRY_OPERATOR(/)
#undef TAPESTRY_OPERATOR
  friend Probe operator-(Probe x) { return counted(-x.value_); }
  friend Probe exp(Probe x) { return counted(std::exp(x.value_)); }
  friend Probe log(Probe x) { return counted(std::log(x.value_)); }
  friend Probe sqrt(Probe x) { return counted(std::sqrt(x.value_)); }
  friend Probe sin(Probe x) { return counted(std::sin(x.value_)); }
  friend Probe cos(Probe x) { return counted(std::cos(x.value_)); }
  friend Probe tanh(Probe x) { return counted(std::tanh(x.value_)); }
  friend Probe erfc(Probe x) { return counted(complement_of_erf(x.value_)); }

 private:
  static Probe counted(V value) {
    if constexpr (counting) ++operations;
    return of(value);
  }

  V value_;
};

}  // namespace tapestry::bench
