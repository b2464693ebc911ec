// Numbers on streams, as the stream formats a double: scalars and expressions show their value,
// lanes all eight, a number with tangents these too. Reading gives a plain number.
#pragma once

#include <iosfwd>

#include "engine/scalar/lanes.h"
#include "ops/scalar/dual.h"
#include "ops/scalar/expression.h"

namespace tapestry {

template <class C, class Traits>
std::basic_ostream<C, Traits>& operator<<(std::basic_ostream<C, Traits>& out, const Lanes& x) {
  for (std::size_t k = 0; k < kLanes; ++k) out << (k == 0 ? "(" : ", ") << x[k];
  return out << ")";
}
template <class C, class Traits>
std::basic_ostream<C, Traits>& operator<<(std::basic_ostream<C, Traits>& out, const Dual& x) {
  return out << x.value << " " << x.tangent;
}
template <class C, class Traits, detail::ActiveNumber A>
std::basic_ostream<C, Traits>& operator<<(std::basic_ostream<C, Traits>& out, const A& x) {
  return out << detail::value_of(x);
}
template <class C, class Traits, detail::ScalarType X>
requires requires(std::basic_istream<C, Traits>& in, typename X::Number& x) { in >> x; }
std::basic_istream<C, Traits>& operator>>(std::basic_istream<C, Traits>& in, X& x) {
  typename X::Number number(0);
  if (in >> number) static_cast<BasicScalar<typename X::Number>&>(x) = number;
  return in;
}
// A number: its derivatives are 0, and it is that of all lanes.
template <class C, class Traits>
std::basic_istream<C, Traits>& operator>>(std::basic_istream<C, Traits>& in, Dual& x) {
  double number = 0;
  if (in >> number) x = number;
  return in;
}
template <class C, class Traits>
std::basic_istream<C, Traits>& operator>>(std::basic_istream<C, Traits>& in, Lanes& x) {
  double number = 0;
  if (in >> number) x = number;
  return in;
}

}  // namespace tapestry
