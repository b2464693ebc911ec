// The functions of the page over active scalars, and their operators. They build expressions
// (ops/scalar/expression.h); assigned to a scalar, an expression is recorded as one statement.
// Plain numbers convert. Comparisons compare values and give plain bool.
//
// Scalars of double are Scalar. Those of float, Dual, Lanes or of active scalars are BasicScalar<T>
// and recorded on a BasicTape<T> (engine/scalar/basic_tape.h).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

#include "engine/grad/gradient.h"
#include "ops/scalar/compared.h"
#include "ops/scalar/statement.h"
#include "ops/scalar/stepwise.h"

namespace tapestry {

namespace detail {
// Two names of the page mean something else in C, and so for scalars: see ops/scalar/c_math.h.
constexpr bool is_c_otherwise(Unary op) { return op == Unary::round; }
constexpr bool is_c_otherwise(Binary op) { return op == Binary::remainder; }
}  // namespace detail

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)                                 \
  template <detail::ActiveNumber A>                                                               \
  requires(!detail::is_c_otherwise(detail::Unary::name)) [[gnu::always_inline]] inline auto name( \
      const A& x) {                                                                               \
    return detail::make_unary<detail::Unary::name>(x);                                            \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)   \
  template <class A, class B>                                                             \
  requires(detail::ActiveOperands<A, B> && !detail::is_c_otherwise(detail::Binary::name)) \
      [[gnu::always_inline]] inline auto                                                  \
      name(const A& x, const B& z) {                                                      \
    return detail::make_binary<detail::Binary::name>(x, z);                               \
  }
#define TAPESTRY_PREDICATE(op, result, doc)  \
  template <detail::ActiveNumber A>          \
  bool op(const A& scalar) {                 \
    const auto x = detail::value_of(scalar); \
    return detail::agreed(result);           \
  }
#include "ops/page/elementwise.def"

namespace detail {
// Within scalars over scalars these two are the page's.
template <class T>
struct UnaryRule<Unary::round, BasicScalar<T>> : UnaryFormula<Unary::round, BasicScalar<T>> {
  static BasicScalar<T> value(const BasicScalar<T>& x) { return make_unary<Unary::round>(x); }
};
template <class T>
struct BinaryRule<Binary::remainder, BasicScalar<T>>
    : BinaryFormula<Binary::remainder, BasicScalar<T>> {
  static BasicScalar<T> value(const BasicScalar<T>& x, const BasicScalar<T>& z) {
    return make_binary<Binary::remainder>(x, z);
  }
};
}  // namespace detail

// Plain numbers stay plain where tapestry's overloads would hide the standard ones.
using std::abs, std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh,
    std::ceil, std::cos, std::fabs, std::fma, std::nearbyint, std::rint, std::trunc;
using std::cosh, std::erf, std::erfc, std::exp, std::exp2, std::expm1, std::floor, std::fmod,
    std::hypot, std::log, std::log10, std::log1p;
using std::isfinite, std::isinf, std::isnan, std::lgamma, std::cbrt, std::tgamma;
using std::log2, std::pow, std::round, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

// The C library's names of minimum and maximum, which are NaN where either operand is.
template <class A, class B>
requires detail::ActiveOperands<A, B>
[[gnu::always_inline]] inline auto fmin(const A& x, const B& z) { return minimum(x, z); }
template <class A, class B>
requires detail::ActiveOperands<A, B>
[[gnu::always_inline]] inline auto fmax(const A& x, const B& z) { return maximum(x, z); }

namespace detail {

// And of expressions: x times z plus w, rounded twice; x without its fraction. The rest of <cmath>
// is in ops/scalar/c_math.h.
template <class A, class B, class C>
concept OneActive = ActiveNumber<A> || ActiveNumber<B> || ActiveNumber<C>;

}  // namespace detail

template <class A, class B, class C>
requires detail::OneActive<A, B, C>
[[gnu::always_inline]] inline auto fma(const A& x, const B& z, const C& w) {
  if constexpr (detail::ActiveNumber<A> || detail::ActiveNumber<B>) {
    return x * z + w;
  } else {
    using T = detail::NumberOf<C>;
    return T(static_cast<T>(x) * static_cast<T>(z)) + w;
  }
}
template <detail::ActiveNumber A>
[[gnu::always_inline]] inline auto trunc(const A& x) {
  return sign(x) * floor(abs(x));
}
template <detail::ActiveNumber A>
[[gnu::always_inline]] inline auto fabs(const A& x) {
  return abs(x);
}
template <detail::ActiveNumber A>
[[gnu::always_inline]] inline auto rint(const A& x) {
  return detail::make_unary<detail::Unary::round>(x);  // ties to even
}
template <detail::ActiveNumber A>
[[gnu::always_inline]] inline auto nearbyint(const A& x) {
  return detail::make_unary<detail::Unary::round>(x);
}

// Derivative number order + 1 of lgamma; order 0 is digamma. Error for negative orders.
inline Scalar polygamma(int order, Scalar x) { return polygamma(order, detail::Stepwise(x)); }
template <class T>
requires(!std::same_as<T, double>) BasicScalar<T> polygamma(int, const BasicScalar<T>&) {
  static_assert(std::same_as<T, double>, "polygamma is recorded for BasicScalar<double> only");
}

template <detail::ActiveNumber A>
[[gnu::always_inline]] inline auto operator-(const A& x) {
  return neg(x);
}
template <detail::ActiveNumber A>
auto operator+(const A& x) {
  if constexpr (detail::ScalarExpressionType<A>)
    return x;
  else
    return BasicScalar<detail::NumberOf<A>>(x);
}
#define TAPESTRY_OPERATOR(symbol, name)                                               \
  template <class A, class B>                                                         \
  requires detail::ActiveOperands<A, B>                                               \
  [[gnu::always_inline]] inline auto operator symbol(const A& x, const B& z) {        \
    return name(x, z);                                                                \
  }                                                                                   \
  template <class T, class B>                                                         \
  requires std::same_as<typename detail::NumberOfBoth<BasicScalar<T>, B>::Number, T>  \
  [[gnu::always_inline]] inline BasicScalar<T>& operator symbol##=(BasicScalar<T>& x, \
                                                                   const B& z) {      \
    return x = name(x, z);                                                            \
  }
TAPESTRY_OPERATOR(+, add)
TAPESTRY_OPERATOR(-, sub)
TAPESTRY_OPERATOR(*, mul)
TAPESTRY_OPERATOR(/, div)
#undef TAPESTRY_OPERATOR

template <class T>
BasicScalar<T>& operator++(BasicScalar<T>& x) {
  return x += 1;
}
template <class T>
BasicScalar<T>& operator--(BasicScalar<T>& x) {
  return x -= 1;
}
template <class T>
BasicScalar<T> operator++(BasicScalar<T>& x, int) {
  const BasicScalar<T> before = x;
  x += 1;
  return before;
}
template <class T>
BasicScalar<T> operator--(BasicScalar<T>& x, int) {
  const BasicScalar<T> before = x;
  x -= 1;
  return before;
}

// The taken branch alone.
inline Scalar where(bool mask, Scalar a, Scalar b) { return mask ? a : b; }
template <class A, class B, class T = typename detail::NumberOfBoth<A, B>::Number>
requires(!std::same_as<T, double>) BasicScalar<T> where(bool mask, const A& a, const B& b) {
  return mask ? BasicScalar<T>(a) : BasicScalar<T>(b);
}

// For each lane a or b. Comparisons of values, x.value() > 0, give such masks.
template <class A, class B, class T = typename detail::NumberOfBoth<A, B>::Number>
requires detail::has_lanes<T> BasicScalar<T> where(const LaneMask& mask, const A& a, const B& b) {
  return mul_zero(where(mask, T(1), T(0)), a) + mul_zero(where(mask, T(0), T(1)), b);
}

// dy/dx of scalars other than of double, as numbers of their type. Of lanes each has its own; of
// active numbers the partial is active, too. Error when y or an x is not recorded on one living
// tape, or y does not depend on an x, unless options allow_unused. `cotangent` is the adjoint of y,
// in place of the options' own; create_graph is refused: scalars over active scalars serve.
namespace detail {
template <class Y, class T>
concept OtherNumber = ActiveNumber<Y> && std::same_as<NumberOf<Y>, T> && !std::same_as<T, double>;
inline void check_number_options(const GradientOptions& options) {
  if (options.create_graph)
    refuse("gradient",
           "create_graph of scalars that are not of double: record them over active scalars, "
           "BasicScalar<BasicScalar<T>>, whose partials are active");
  if (options.cotangent.defined())
    refuse("gradient", "the cotangent is a tensor; that of a scalar is a number, given after x");
  if (options.drop_nonfinite)
    refuse("gradient", "drop_nonfinite of scalars that are not of double; it goes with a Tape's");
}
}  // namespace detail
template <class T, detail::OtherNumber<T> Y, std::convertible_to<T> C>
std::vector<T> gradient(const Y& y, const std::vector<BasicScalar<T>>& xs, const C& cotangent,
                        const GradientOptions& options = {}) {
  detail::check_number_options(options);
  const BasicScalar<T> result = y;
  if (!result.is_tracked()) {
    if (options.allow_unused) return std::vector<T>(xs.size(), T(0));
    detail::refuse("gradient", "y is not recorded on a tape");
  }
  return BasicTape<T>::of("gradient", result)
      .gradient(result, xs, T(cotangent), options.allow_unused);
}
template <class T, detail::OtherNumber<T> Y>
std::vector<T> gradient(const Y& y, const std::vector<BasicScalar<T>>& xs,
                        const GradientOptions& options = {}) {
  return gradient(y, xs, T(1), options);
}
template <class T, detail::OtherNumber<T> Y, std::convertible_to<T> C>
T gradient(const Y& y, const BasicScalar<T>& x, const C& cotangent,
           const GradientOptions& options = {}) {
  return gradient(y, std::vector<BasicScalar<T>>{x}, cotangent, options)[0];
}
template <class T, detail::OtherNumber<T> Y>
T gradient(const Y& y, const BasicScalar<T>& x, const GradientOptions& options = {}) {
  return gradient(y, x, T(1), options);
}
// Of several: auto [dx, dz] = gradient(y, x, z). Options go with up to four.
namespace detail {
template <class T, class Y, class... Xs>
std::array<T, sizeof...(Xs)> numbers_of_each(const Y& y, const GradientOptions& options,
                                             const Xs&... xs) {
  const std::vector<T> partials = gradient(y, std::vector<BasicScalar<T>>{xs...}, options);
  std::array<T, sizeof...(Xs)> each{};
  std::copy(partials.begin(), partials.end(), each.begin());
  return each;
}
}  // namespace detail
template <class T, detail::OtherNumber<T> Y, std::same_as<BasicScalar<T>>... Xs>
requires(sizeof...(Xs) > 0) std::array<T, sizeof...(Xs) + 1> gradient(const Y& y,
                                                                      const BasicScalar<T>& x,
                                                                      const Xs&... xs) {
  return detail::numbers_of_each<T>(y, {}, x, xs...);
}
template <class T, detail::OtherNumber<T> Y>
std::array<T, 2> gradient(const Y& y, const BasicScalar<T>& a, const BasicScalar<T>& b,
                          const GradientOptions& options) {
  return detail::numbers_of_each<T>(y, options, a, b);
}
template <class T, detail::OtherNumber<T> Y>
std::array<T, 3> gradient(const Y& y, const BasicScalar<T>& a, const BasicScalar<T>& b,
                          const BasicScalar<T>& c, const GradientOptions& options) {
  return detail::numbers_of_each<T>(y, options, a, b, c);
}
template <class T, detail::OtherNumber<T> Y>
std::array<T, 4> gradient(const Y& y, const BasicScalar<T>& a, const BasicScalar<T>& b,
                          const BasicScalar<T>& c, const BasicScalar<T>& d,
                          const GradientOptions& options) {
  return detail::numbers_of_each<T>(y, options, a, b, c, d);
}

}  // namespace tapestry

// std::complex of scalars is defined in ops/complex.h and incomplete without it: the standard's
// template has wrong derivatives on cuts, and loses them where it branches.
#ifdef __GLIBCXX__
namespace std {  // NOLINT(cert-dcl58-cpp): what <complex> declares
_GLIBCXX_BEGIN_NAMESPACE_VERSION
template <class T>
class complex;
_GLIBCXX_END_NAMESPACE_VERSION
}  // namespace std
#else
#include <complex>
#endif
template <class T>
class std::complex<tapestry::BasicScalar<T>>;

// Expressions, and types derived from scalars.
template <class E>
requires(tapestry::detail::ScalarExpressionType<E> ||
         (tapestry::detail::ScalarType<E> &&
          !std::same_as<E, tapestry::BasicScalar<typename E::Number>>)) struct fmt::formatter<E>
    : tapestry::detail::NumberFormatter<typename E::Number> {
  auto format(const E& x, format_context& context) const {
    return tapestry::detail::NumberFormatter<typename E::Number>::format(x.value(), context);
  }
};
