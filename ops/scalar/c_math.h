// The rest of <cmath> for active scalars, and min, max: names that code written for doubles calls.
// They mean what C's do, and are compositions of the page's functions, so that every order of
// derivative follows, for scalars of any number. Where C decides by a number (an exponent, a sign,
// an integer), the tape notes it, and a replay that would decide otherwise is refused. Steps have
// derivative 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include "ops/scalar/dual.h"
#include "ops/scalar/lanes_math.h"
#include "ops/scalar/scalar.h"

namespace tapestry {

namespace detail {

// The plain number below all that follows it; of lanes the first.
inline double primal_of(double x) { return x; }
inline double primal_of(const Dual& x) { return x.value; }
inline double primal_of(const Lanes& x) { return x[0]; }
template <class T>
double primal_of(const BasicScalar<T>& x) {
  return primal_of(x.value());
}

// The same number, or lanes of numbers, without what follows it.
inline double passive(double x) { return x; }
inline float passive(float x) { return x; }
inline Dual passive(const Dual& x) { return x.value; }
inline Lanes passive(const Lanes& x) { return x; }
template <class T>
BasicScalar<T> passive(const BasicScalar<T>& x) {
  return passive(x.value());
}

// Notes that from <= x < to, or for from > to that from >= x > to. Error where lanes disagree.
template <class T>
void note_range(const BasicScalar<T>& x, double from, double to) {
  const auto note = [&](Relation relation, double bound) {
    if constexpr (std::same_as<T, double>)
      (void)compare(relation, Compared(x, Site::nowhere()), Compared(bound, Site::nowhere()));
    else
      (void)compare(relation, x, BasicScalar<T>(bound));
  };
  note(from <= to ? Relation::greater_equal : Relation::less_equal, from);
  note(from <= to ? Relation::less : Relation::greater, to);
}
// The same of its exponent, that of frexp.
template <class T>
void note_exponent(const BasicScalar<T>& x, double number, int exponent) {
  if (number == 0 || !std::isfinite(number)) return;
  const double sign = number < 0 ? -1 : 1;
  note_range(x, sign * std::ldexp(0.5, exponent), sign * std::ldexp(1.0, exponent));
}

template <std::integral I, class T>
I whole_number(const BasicScalar<T>& x) {
  if constexpr (std::same_as<I, bool>) {
    return x != 0;
  } else {
    const double number = std::trunc(primal_of(x));
    if (number == 0)
      note_range(x, std::nextafter(-1.0, 0.0), 1);
    else
      note_range(x, number, number + (number < 0 ? -1 : 1));
    return static_cast<I>(number);
  }
}

template <class T>
T choose(bool first, const T& a, const T& b) {
  return first ? a : b;
}
inline Lanes choose(const LaneMask& first, const Lanes& a, const Lanes& b) {
  return where(first, a, b);
}

template <ActiveNumber A>
auto scaled(const A& x, int exponent) {
  using Limits = std::numeric_limits<NumberOf<A>>;
  // Two factors: one power of two need not be a number where the result is.
  const int first = std::clamp(exponent, Limits::min_exponent - 1, Limits::max_exponent - 1);
  const int rest = std::min(exponent - first, Limits::max_exponent - 1);
  return x * std::ldexp(1.0, first) * std::ldexp(1.0, rest);
}

}  // namespace detail

// ---- the smaller and the larger: the page's, ties share the adjoint, NaN where either is. Of two
// scalars `using std::max` finds the standard template, which branches. ----
template <class A, class B>
requires detail::ActiveOperands<A, B>
[[gnu::always_inline]] inline auto min(const A& x, const B& z) { return minimum(x, z); }
template <class A, class B>
requires detail::ActiveOperands<A, B>
[[gnu::always_inline]] inline auto max(const A& x, const B& z) { return maximum(x, z); }
template <class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) constexpr auto min(A x, B z) {
  using C = std::common_type_t<A, B>;
  return std::min<C>(static_cast<C>(x), static_cast<C>(z));
}
template <class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) constexpr auto max(A x, B z) {
  using C = std::common_type_t<A, B>;
  return std::max<C>(static_cast<C>(x), static_cast<C>(z));
}
// x - z where positive, else 0.
template <class A, class B>
requires detail::ActiveOperands<A, B>
[[gnu::always_inline]] inline auto fdim(const A& x, const B& z) { return relu(x - z); }

// ---- whole numbers ----

// The nearest, ties away from zero. What is added is the number before 0.5, so that the sum does
// not round up to 1.
template <detail::ActiveNumber A>
auto round(const A& x) {
  using T = detail::NumberOf<A>;
  constexpr double kHalf =
      std::numeric_limits<T>::digits == 24 ? 0x1.fffffep-2 : 0x1.fffffffffffffp-2;
  const BasicScalar<T> s = x;
  return sign(s) * floor(abs(s) + kHalf);
}

// x less the multiple of z that is nearest to it, an even one where two are; exact. From fmod by 2
// z, which leaves the quotients 0, 1 and 2.
template <class A, class B>
requires detail::ActiveOperands<A, B>
auto remainder(const A& x, const B& z) {
  using T = typename detail::NumberOfBoth<A, B>::Number;
  const BasicScalar<T> divisor = z;
  const BasicScalar<T> rest = fmod(x, 2 * divisor), size = abs(divisor), above = abs(rest) - size;
  const BasicScalar<T> quotient = relu(sign(abs(rest) + above)) + 1 - relu(sign(size - 2 * above));
  return rest - mul_zero(quotient * sign(rest) * sign(divisor), divisor);
}

#define TAPESTRY_WHOLE(name, I, function)                                 \
  template <detail::ActiveNumber A>                                       \
  I name(const A& x) {                                                    \
    return static_cast<I>(BasicScalar<detail::NumberOf<A>>(function(x))); \
  }
TAPESTRY_WHOLE(lround, long, round)
TAPESTRY_WHOLE(llround, long long, round)
TAPESTRY_WHOLE(lrint, long, rint)
TAPESTRY_WHOLE(llrint, long long, rint)
#undef TAPESTRY_WHOLE

// ---- powers of two ----

template <detail::ActiveNumber A>
auto ldexp(const A& x, int exponent) {
  return detail::scaled(x, exponent);
}
template <detail::ActiveNumber A>
auto scalbn(const A& x, int exponent) {
  return detail::scaled(x, exponent);
}
template <detail::ActiveNumber A>
auto scalbln(const A& x, long exponent) {
  return detail::scaled(x, static_cast<int>(std::clamp(exponent, -10000L, 10000L)));
}
// x = result 2^exponent, the result in [0.5, 1) or its negative.
template <detail::ActiveNumber A>
auto frexp(const A& x, int* exponent) {
  const BasicScalar<detail::NumberOf<A>> s = x;
  const double number = detail::primal_of(s);
  *exponent = 0;
  (void)std::frexp(number, exponent);
  if (!std::isfinite(number)) *exponent = 0;
  detail::note_exponent(s, number, *exponent);
  return detail::scaled(s, -*exponent);
}
template <detail::ActiveNumber A>
int ilogb(const A& x) {
  const BasicScalar<detail::NumberOf<A>> s = x;
  const double number = detail::primal_of(s);
  const int exponent = std::ilogb(number);
  detail::note_exponent(s, number, exponent + 1);
  return exponent;
}
template <detail::ActiveNumber A>
auto logb(const A& x) {
  const BasicScalar<detail::NumberOf<A>> s = x;
  const double number = detail::primal_of(s), exponent = std::logb(number);
  if (std::isfinite(exponent)) detail::note_exponent(s, number, static_cast<int>(exponent) + 1);
  return mul_zero(0.0, s) + exponent;
}
// The fraction of x; its whole part goes to *whole, a scalar or a plain number. Both have x's sign.
template <detail::ActiveNumber A, class W>
auto modf(const A& x, W* whole) {
  const BasicScalar<detail::NumberOf<A>> s = x;
  if constexpr (detail::ScalarType<W>)
    *whole = trunc(s);
  else
    *whole = static_cast<W>(std::trunc(detail::primal_of(s)));
  return fmod(s, 1.0);
}

// ---- signs and kinds ----

// |x| with the sign of z, that of a zero included.
template <class A, class B>
requires detail::ActiveOperands<A, B>
auto copysign(const A& x, const B& z) {
  using T = typename detail::NumberOfBoth<A, B>::Number;
  if constexpr (std::is_arithmetic_v<B>) {
    return abs(x) * std::copysign(1.0, static_cast<double>(z));
  } else {
    const BasicScalar<T> s = z;
    return abs(BasicScalar<T>(x)) * sign(s + reciprocal(s));
  }
}
template <detail::ActiveNumber A>
bool signbit(const A& x) {
  const BasicScalar<detail::NumberOf<A>> s = x;
  return s == 0 ? std::signbit(detail::primal_of(s)) : s < 0;
}
template <detail::ActiveNumber A>
int fpclassify(const A& x) {
  return std::fpclassify(detail::primal_of(BasicScalar<detail::NumberOf<A>>(x)));
}
template <detail::ActiveNumber A>
bool isnormal(const A& x) {
  return fpclassify(x) == FP_NORMAL;
}
#define TAPESTRY_ORDER(name, condition) \
  template <class A, class B>           \
  requires detail::ActiveOperands<A, B> \
  bool name(const A& x, const B& z) { return condition; }
TAPESTRY_ORDER(isgreater, x > z)
TAPESTRY_ORDER(isgreaterequal, x >= z)
TAPESTRY_ORDER(isless, x < z)
TAPESTRY_ORDER(islessequal, x <= z)
TAPESTRY_ORDER(islessgreater, x<z || x> z)
TAPESTRY_ORDER(isunordered, !(x <= z || x > z))
#undef TAPESTRY_ORDER

// ---- distances ----

// sqrt(x^2 + z^2 + w^2), which does not overflow before the result does. The derivative is 0 where
// all three are 0. The scale is a plain number: another one gives the same function.
template <class A, class B, class C>
requires detail::OneActive<A, B, C>
auto hypot(const A& x, const B& z, const C& w) {
  using T = detail::NumberOf<std::conditional_t<detail::ActiveNumber<A>, A,
                                                std::conditional_t<detail::ActiveNumber<B>, B, C>>>;
  const BasicScalar<T> a = x, b = z, c = w;
  const auto size = [](const BasicScalar<T>& s) { return T(abs(detail::passive(s.value()))); };
  const T sizes[] = {size(a), size(b), size(c)};
  const T larger = detail::choose(sizes[0] > sizes[1], sizes[0], sizes[1]);
  const T largest = detail::choose(larger > sizes[2], larger, sizes[2]);
  const auto is_nothing = largest == 0;
  if constexpr (!detail::has_lanes<T>)
    if (is_nothing && a == 0 && b == 0 && c == 0) {
    }  // noted: elsewhere it is another function
  const T one(1), scale = detail::choose(largest > 0 && largest - largest == 0, largest, one);
  const T shift = detail::choose(is_nothing, one, T(0));  // at 0 the root of 1, which is smooth
  return BasicScalar<T>(
      sqrt(square(a / scale) + square(b / scale) + square(c / scale) + shift) * scale - shift);
}

// Plain numbers stay plain.
using std::copysign, std::fdim, std::fpclassify, std::frexp, std::ilogb, std::isgreater,
    std::isgreaterequal, std::isless, std::islessequal, std::islessgreater, std::isnormal,
    std::isunordered, std::ldexp, std::llrint, std::llround, std::logb, std::lrint, std::lround,
    std::modf, std::remainder, std::scalbln, std::scalbn, std::signbit;

}  // namespace tapestry
