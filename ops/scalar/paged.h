// The page's functions of numbers that are not C++'s own: of Lanes and Dual, plain ones. A function
// of two takes what converts beside such a number.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "engine/tensor/number.h"
#include "ops/page/kernels.h"
#include "ops/page/probe.h"

namespace tapestry {

namespace detail {

// Numbers that have unary_value(op, x) and binary_value(op, x, z), the page's values.
template <class N>
inline constexpr bool is_paged = false;
template <class N>
concept PagedNumber = is_paged<N>;
template <class A, class B>
concept PagedOperands = (PagedNumber<A> && std::convertible_to<const B&, A>) ||
                        (PagedNumber<B> && !PagedNumber<A> && std::convertible_to<const A&, B>);
template <class A, class B>
using PagedOf = std::conditional_t<is_paged<A>, A, B>;

// Where the page's text is an operator, or a few instructions made of them, registers carry it out
// in place.
constexpr bool is_in_place(std::string_view name, bool is_defined_there) {
  if (is_defined_there) return probe::is_cheap(name);
  for (const std::string_view symbol : {"neg", "add", "sub", "mul", "div"})
    if (name == symbol) return true;
  return false;
}

}  // namespace detail

#define TAPESTRY_PAGED_UNARY(op, result, defined)                            \
  template <detail::PagedNumber N>                                           \
  [[gnu::always_inline]] inline N op(const N& x) {                           \
    if constexpr (detail::has_lanes<N> && detail::is_in_place(#op, defined)) \
      return N(result);                                                      \
    else                                                                     \
      return unary_value(detail::Unary::op, x);                              \
  }
#define TAPESTRY_PAGED_BINARY(op, result, defined)                                 \
  template <class A, class B>                                                      \
  requires detail::PagedOperands<A, B>                                             \
  [[gnu::always_inline]] inline detail::PagedOf<A, B> op(const A& a, const B& b) { \
    using N = detail::PagedOf<A, B>;                                               \
    [[maybe_unused]] const N &x = a, &z = b;                                       \
    if constexpr (detail::has_lanes<N> && detail::is_in_place(#op, defined))       \
      return N(result);                                                            \
    else                                                                           \
      return binary_value(detail::Binary::op, x, z);                               \
  }
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  TAPESTRY_PAGED_UNARY(op, result, false)
#define TAPESTRY_UNARY_OF(op, result, vjp, kind, domain, ulps, doc) \
  TAPESTRY_PAGED_UNARY(op, result, true)
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_PAGED_BINARY(op, result, false)
#define TAPESTRY_BINARY_OF(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_PAGED_BINARY(op, result, true)
#include "ops/page/elementwise.def"
#undef TAPESTRY_PAGED_UNARY
#undef TAPESTRY_PAGED_BINARY

// The C library's names of minimum and maximum.
template <class A, class B>
requires detail::PagedOperands<A, B>
[[gnu::always_inline]] inline detail::PagedOf<A, B> fmin(const A& a, const B& b) {
  return minimum(a, b);
}
template <class A, class B>
requires detail::PagedOperands<A, B>
[[gnu::always_inline]] inline detail::PagedOf<A, B> fmax(const A& a, const B& b) {
  return maximum(a, b);
}

template <detail::PagedNumber N>
N fma(const N& x, const std::type_identity_t<N>& z, const std::type_identity_t<N>& w) {
  return x * z + w;
}
template <detail::PagedNumber N>
N trunc(const N& x) {
  return sign(x) * floor(abs(x));
}
template <detail::PagedNumber N>
N fabs(const N& x) {
  return abs(x);
}
template <detail::PagedNumber N>
N rint(const N& x) {
  return round(x);
}
template <detail::PagedNumber N>
N& operator++(N& x) {
  return x += 1;
}
template <detail::PagedNumber N>
N& operator--(N& x) {
  return x -= 1;
}

}  // namespace tapestry
