// std::complex of active scalars. The standard's own template leaves what it does for such numbers
// open, and its formulas lose the derivative where they branch, on cuts, and where they cancel; so
// this is a specialisation for BasicScalar<T>, with functions that have derivatives by real and
// imaginary part wherever the function is analytic, and on its cuts those of the side that the sign
// of zero says, as C99 has it. Without this header std::complex<Scalar> is an incomplete type.
//
// Operands may be plain numbers, plain complex numbers, scalars and their expressions.
//
// Source of sqrt, asin, acos, acosh, atanh: W. Kahan, Branch cuts for complex elementary functions,
// or: Much ado about nothing's sign bit, 1987.
#pragma once

#include <complex>
#include <concepts>
#include <type_traits>

#include "ops/scalar/c_math.h"

template <class T>
class std::complex<tapestry::BasicScalar<T>> {
  using Real = tapestry::BasicScalar<T>;

 public:
  using value_type = Real;

  complex(const Real& re = 0, const Real& im = 0) : re_(re), im_(im) {}  // NOLINT: converts
  template <class X>
  requires(!std::same_as<X, Real> && std::convertible_to<const X&, Real>)
      complex(const X& re)  // NOLINT: converts
      : re_(re) {}
  template <class U>
  requires(!std::same_as<U, Real> && std::convertible_to<const U&, Real>)
      complex(const complex<U>& z)  // NOLINT: converts
      : re_(z.real()), im_(z.imag()) {}

  Real real() const { return re_; }
  Real imag() const { return im_; }
  void real(const Real& re) { re_ = re; }
  void imag(const Real& im) { im_ = im; }

  complex& operator+=(const complex& z) {
    re_ += z.re_;
    im_ += z.im_;
    return *this;
  }
  complex& operator-=(const complex& z) {
    re_ -= z.re_;
    im_ -= z.im_;
    return *this;
  }
  complex& operator*=(const complex& z) {
    const Real re = re_ * z.re_ - im_ * z.im_;
    im_ = re_ * z.im_ + im_ * z.re_;
    re_ = re;
    return *this;
  }
  // By the larger part of z first, so that its square does not overflow.
  complex& operator/=(const complex& z) {
    using tapestry::detail::primal_of;
    if (std::abs(primal_of(z.re_)) >= std::abs(primal_of(z.im_))) {
      const Real ratio = z.im_ / z.re_, whole = z.re_ + z.im_ * ratio;
      const Real re = (re_ + im_ * ratio) / whole;
      im_ = (im_ - re_ * ratio) / whole;
      re_ = re;
    } else {
      const Real ratio = z.re_ / z.im_, whole = z.re_ * ratio + z.im_;
      const Real re = (re_ * ratio + im_) / whole;
      im_ = (im_ * ratio - re_) / whole;
      re_ = re;
    }
    return *this;
  }
  complex& operator+=(const Real& x) {
    re_ += x;
    return *this;
  }
  complex& operator-=(const Real& x) {
    re_ -= x;
    return *this;
  }
  complex& operator*=(const Real& x) {
    re_ *= x;
    im_ *= x;
    return *this;
  }
  complex& operator/=(const Real& x) {
    re_ /= x;
    im_ /= x;
    return *this;
  }

 private:
  Real re_, im_;
};

namespace tapestry {

namespace detail {

template <class X>
inline constexpr bool is_complex = false;
template <class U>
inline constexpr bool is_complex<std::complex<U>> = true;

// What an operator takes beside a complex number of scalars over T, other than what the standard's
// own operators take: complex numbers of the same type, and the scalar.
template <class X, class T>
concept BesideComplex =
    !std::same_as<X, BasicScalar<T>> && !std::same_as<X, std::complex<BasicScalar<T>>> &&
    (std::convertible_to<const X&, BasicScalar<T>> ||
     (is_complex<X> && std::convertible_to<const X&, std::complex<BasicScalar<T>>>));

// A plain complex number beside a scalar or an expression.
template <class C, class X>
concept PlainComplexBeside =
    is_complex<C> && ActiveNumber<X> && !ActiveNumber<typename C::value_type> &&
    std::convertible_to<typename C::value_type, BasicScalar<NumberOf<X>>>;

}  // namespace detail

#define TAPESTRY_COMPLEX_OPERATOR(symbol)                                                  \
  template <class T, detail::BesideComplex<T> X>                                           \
  std::complex<BasicScalar<T>> operator symbol(const std::complex<BasicScalar<T>>& z,      \
                                               const X& x) {                               \
    std::complex<BasicScalar<T>> y = z;                                                    \
    if constexpr (detail::is_complex<X>)                                                   \
      y symbol## = std::complex<BasicScalar<T>>(x);                                        \
    else                                                                                   \
      y symbol## = BasicScalar<T>(x);                                                      \
    return y;                                                                              \
  }                                                                                        \
  template <class T, detail::BesideComplex<T> X>                                           \
  std::complex<BasicScalar<T>> operator symbol(const X& x,                                 \
                                               const std::complex<BasicScalar<T>>& z) {    \
    std::complex<BasicScalar<T>> y(x);                                                     \
    return y symbol## = z;                                                                 \
  }                                                                                        \
  template <class C, class X>                                                              \
  requires detail::PlainComplexBeside<C, X>                                                \
  auto operator symbol(const C& z, const X& x) {                                           \
    std::complex<BasicScalar<detail::NumberOf<X>>> y(z);                                   \
    return y symbol## = BasicScalar<detail::NumberOf<X>>(x);                               \
  }                                                                                        \
  template <class C, class X>                                                              \
  requires detail::PlainComplexBeside<C, X>                                                \
  auto operator symbol(const X& x, const C& z) {                                           \
    std::complex<BasicScalar<detail::NumberOf<X>>> y{BasicScalar<detail::NumberOf<X>>(x)}; \
    return y symbol## = std::complex<BasicScalar<detail::NumberOf<X>>>(z);                 \
  }
TAPESTRY_COMPLEX_OPERATOR(+)
TAPESTRY_COMPLEX_OPERATOR(-)
TAPESTRY_COMPLEX_OPERATOR(*)
TAPESTRY_COMPLEX_OPERATOR(/)
#undef TAPESTRY_COMPLEX_OPERATOR

template <class T, detail::BesideComplex<T> X>
bool operator==(const std::complex<BasicScalar<T>>& z, const X& x) {
  const std::complex<BasicScalar<T>> other(x);
  return z.real() == other.real() && z.imag() == other.imag();
}

// The complex number of that absolute value and angle.
template <class R, class A>
requires(detail::ActiveOperands<R, A>) auto polar(const R& radius, const A& angle) {
  using Real = BasicScalar<typename detail::NumberOfBoth<R, A>::Number>;
  const Real r = radius, a = angle;
  return std::complex<Real>(r * cos(a), r * sin(a));
}

}  // namespace tapestry

// Under the names of <complex>: more specialised than the standard's templates, so they are taken
// for std::sin(z) and sin(z) alike.
namespace std {  // NOLINT(cert-dcl58-cpp): for a type of the program's

#define TAPESTRY_COMPLEX(name) \
  template <class T>           \
  complex<tapestry::BasicScalar<T>> name(const complex<tapestry::BasicScalar<T>>& z)
#define TAPESTRY_PARTS                   \
  using Real = tapestry::BasicScalar<T>; \
  const Real x = z.real(), y = z.imag()

template <class T>
tapestry::BasicScalar<T> norm(const complex<tapestry::BasicScalar<T>>& z) {
  return square(z.real()) + square(z.imag());
}
template <class T>
tapestry::BasicScalar<T> abs(const complex<tapestry::BasicScalar<T>>& z) {
  return hypot(z.real(), z.imag());
}
template <class T>
tapestry::BasicScalar<T> arg(const complex<tapestry::BasicScalar<T>>& z) {
  return atan2(z.imag(), z.real());
}
TAPESTRY_COMPLEX(conj) { return {z.real(), -z.imag()}; }
TAPESTRY_COMPLEX(proj) {
  TAPESTRY_PARTS;
  if (isinf(x) || isinf(y)) return {numeric_limits<Real>::infinity(), copysign(Real(0), y)};
  return z;
}
using tapestry::polar;

TAPESTRY_COMPLEX(exp) {
  TAPESTRY_PARTS;
  const Real size = exp(x);
  return {size * cos(y), size * sin(y)};
}
TAPESTRY_COMPLEX(log) {
  TAPESTRY_PARTS;
  // Near the unit circle by what |z|^2 has beyond 1, so that nothing cancels.
  using tapestry::detail::primal_of;
  const double size = std::hypot(primal_of(x), primal_of(y));
  if (size > 0.5 && size < 2 && std::abs(primal_of(x)) >= std::abs(primal_of(y))) {
    const Real u = abs(x);
    return {0.5 * log1p((u - 1) * (u + 1) + square(y)), arg(z)};
  }
  if (size > 0.5 && size < 2) {
    const Real u = abs(y);
    return {0.5 * log1p((u - 1) * (u + 1) + square(x)), arg(z)};
  }
  return {log(hypot(x, y)), arg(z)};
}
TAPESTRY_COMPLEX(log10) { return log(z) * 0.43429448190325183; }

// The root with a real part that is not negative. On the cut, the negative reals, it and its
// derivative are those of the side that the sign of the imaginary zero says.
TAPESTRY_COMPLEX(sqrt) {
  TAPESTRY_PARTS;
  if (x == 0 && y == 0) return {sqrt(x), y};
  if (x >= 0) {
    const Real u = sqrt(0.5 * hypot(x, y) + 0.5 * x);
    return {u, y / (2 * u)};
  }
  const Real v = sqrt(0.5 * hypot(x, y) - 0.5 * x);
  const double side = signbit(y) ? -1 : 1;
  return {side * y / (2 * v), side * v};
}

TAPESTRY_COMPLEX(sinh) {
  TAPESTRY_PARTS;
  return {sinh(x) * cos(y), cosh(x) * sin(y)};
}
TAPESTRY_COMPLEX(cosh) {
  TAPESTRY_PARTS;
  return {cosh(x) * cos(y), sinh(x) * sin(y)};
}
TAPESTRY_COMPLEX(sin) {
  TAPESTRY_PARTS;
  return {sin(x) * cosh(y), cos(x) * sinh(y)};
}
TAPESTRY_COMPLEX(cos) {
  TAPESTRY_PARTS;
  return {cos(x) * cosh(y), -sin(x) * sinh(y)};
}
// 1 - 2 e / (1 + e) with e = exp(-2 z), or its mirror image, away from the imaginary axis: the
// derivative of sinh / cosh would cancel there, and overflow further out.
TAPESTRY_COMPLEX(tanh) {
  TAPESTRY_PARTS;
  if (x < -0.5) return -tanh(-z);
  if (!(x > 0.5)) return sinh(z) / cosh(z);
  const complex<Real> e = exp(complex<Real>(-2 * x, -2 * y)), q = 2.0 * e / (1.0 + e);
  return {1 - q.real(), -q.imag()};
}
TAPESTRY_COMPLEX(tan) {
  const complex<tapestry::BasicScalar<T>> w =
      tanh(complex<tapestry::BasicScalar<T>>(-z.imag(), z.real()));
  return {w.imag(), -w.real()};
}

TAPESTRY_COMPLEX(asin) {
  TAPESTRY_PARTS;
  const complex<Real> a = sqrt(complex<Real>(1 - x, -y)), b = sqrt(complex<Real>(1 + x, y));
  return {atan2(x, a.real() * b.real() - a.imag() * b.imag()),
          asinh(a.real() * b.imag() - a.imag() * b.real())};
}
TAPESTRY_COMPLEX(acos) {
  TAPESTRY_PARTS;
  const complex<Real> a = sqrt(complex<Real>(1 - x, -y)), b = sqrt(complex<Real>(1 + x, y));
  return {2 * atan2(a.real(), b.real()), asinh(b.real() * a.imag() - b.imag() * a.real())};
}
TAPESTRY_COMPLEX(acosh) {
  TAPESTRY_PARTS;
  const complex<Real> a = sqrt(complex<Real>(x - 1, y)), b = sqrt(complex<Real>(x + 1, y));
  return {asinh(a.real() * b.real() + a.imag() * b.imag()), 2 * atan2(a.imag(), b.real())};
}
TAPESTRY_COMPLEX(asinh) {
  const complex<tapestry::BasicScalar<T>> w =
      asin(complex<tapestry::BasicScalar<T>>(-z.imag(), z.real()));
  return {w.imag(), -w.real()};
}
TAPESTRY_COMPLEX(atanh) {
  TAPESTRY_PARTS;
  return {0.5 * asinh(2 * x / hypot(1 - x, y) / hypot(1 + x, y)),
          0.5 * atan2(2 * y, (1 - x) * (1 + x) - square(y))};
}
TAPESTRY_COMPLEX(atan) {
  const complex<tapestry::BasicScalar<T>> w =
      atanh(complex<tapestry::BasicScalar<T>>(-z.imag(), z.real()));
  return {w.imag(), -w.real()};
}

// z to a small whole power is a product, right at z = 0, too.
template <class T>
complex<tapestry::BasicScalar<T>> pow(const complex<tapestry::BasicScalar<T>>& z, int n) {
  using Complex = complex<tapestry::BasicScalar<T>>;
  if (n < 0) return Complex(1.0) / pow(z, -n);
  Complex product(1.0), power = z;
  for (bool first = true; n > 0; n /= 2) {
    if (n % 2) product = first ? power : product * power;
    if (n % 2) first = false;
    if (n > 1) power *= power;
  }
  return product;
}
template <class T>
complex<tapestry::BasicScalar<T>> pow(const complex<tapestry::BasicScalar<T>>& z,
                                      const complex<tapestry::BasicScalar<T>>& w) {
  if (z.real() == 0 && z.imag() == 0) return {};
  return exp(w * log(z));
}
template <class T, tapestry::detail::BesideComplex<T> X>
complex<tapestry::BasicScalar<T>> pow(const complex<tapestry::BasicScalar<T>>& z, const X& w) {
  if constexpr (is_arithmetic_v<X>)
    if (const auto n = static_cast<double>(w); abs(n) <= 64 && n == trunc(n))
      return pow(z, static_cast<int>(n));
  return pow(z, complex<tapestry::BasicScalar<T>>(w));
}
template <class T>
complex<tapestry::BasicScalar<T>> pow(const complex<tapestry::BasicScalar<T>>& z,
                                      const tapestry::BasicScalar<T>& w) {
  return pow(z, complex<tapestry::BasicScalar<T>>(w));
}
template <class T, tapestry::detail::BesideComplex<T> X>
complex<tapestry::BasicScalar<T>> pow(const X& z, const complex<tapestry::BasicScalar<T>>& w) {
  return pow(complex<tapestry::BasicScalar<T>>(z), w);
}
template <class T>
complex<tapestry::BasicScalar<T>> pow(const tapestry::BasicScalar<T>& z,
                                      const complex<tapestry::BasicScalar<T>>& w) {
  return pow(complex<tapestry::BasicScalar<T>>(z), w);
}
template <class C, class X>
requires tapestry::detail::PlainComplexBeside<C, X>
auto pow(const C& z, const X& w) {
  return pow(complex<tapestry::BasicScalar<tapestry::detail::NumberOf<X>>>(z),
             tapestry::BasicScalar<tapestry::detail::NumberOf<X>>(w));
}
template <class C, class X>
requires tapestry::detail::PlainComplexBeside<C, X>
auto pow(const X& z, const C& w) {
  return pow(tapestry::BasicScalar<tapestry::detail::NumberOf<X>>(z),
             complex<tapestry::BasicScalar<tapestry::detail::NumberOf<X>>>(w));
}

#undef TAPESTRY_COMPLEX
#undef TAPESTRY_PARTS

}  // namespace std
