// The active scalar: a number and, when a tape follows it, the name of its node. Copied like a
// number. A passive scalar (made from a plain number) costs nothing and is recorded nowhere.
//
// BasicScalar<double>, the Scalar, lives on a Tape with tensors. Those of other numbers live on a
// BasicTape of theirs (engine/scalar/basic_tape.h).
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "engine/base/formatter.h"
#include "engine/base/limits.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

template <class T>
class BasicScalar;

namespace detail {
template <std::integral I, class T>
I whole_number(const BasicScalar<T>& x);  // ops/scalar/c_math.h
}  // namespace detail

template <class T>
class BasicScalar {
 public:
  using Number = T;
  using Passed = std::conditional_t<std::is_arithmetic_v<T>, T, const T&>;

  constexpr BasicScalar(Passed value = T(0)) : value_(value) {}  // NOLINT: numbers convert
  template <class N>
  requires(
      !std::same_as<N, T> && !std::derived_from<N, BasicScalar> &&
      std::convertible_to<N, T>) constexpr BasicScalar(const N& value)  // NOLINT: numbers convert
      : value_(static_cast<T>(value)) {}
  BasicScalar(Passed value, detail::Epoch epoch, NodeId id)
      : value_(value), name_(std::uint64_t{epoch} << 32 | id) {}
  // An expression of such scalars is recorded. Types derived from this one inherit it.
  template <class E>
  requires(E::is_scalar_expression&& std::same_as<typename E::Number, T>)
      [[gnu::always_inline]] BasicScalar(const E& expression)  // NOLINT: converts
      : BasicScalar(expression.operator BasicScalar()) {}
  static BasicScalar named(Passed value, std::uint64_t name) {
    BasicScalar x(value);
    x.name_ = name;
    return x;
  }

  T value() const { return value_; }
  bool is_tracked() const { return name_ != 0; }
  NodeId id() const { return static_cast<NodeId>(name_); }
  std::uint64_t name() const { return name_; }  // the epoch above the id
  detail::Epoch epoch() const { return static_cast<detail::Epoch>(name_ >> 32); }

  // Of the page's formulas.
  friend BasicScalar zero(const BasicScalar&) { return T(0); }

  // The whole number towards zero; of bool whether it is other than 0. The derivative is 0, so
  // these are what a program decides by: a replay refuses to come to another. Nothing converts to a
  // floating-point type, since the derivative would be lost unseen: say value().
  template <std::integral I>
  explicit operator I() const {
    return detail::whole_number<I>(*this);
  }

 private:
  T value_;
  std::uint64_t name_ = 0;  // epoch and id as one word: halves that are stored apart and loaded
                            // together stall the processor
};

using Scalar = BasicScalar<double>;

inline Scalar detach(Scalar x) { return x.value(); }
template <class T>
requires(!std::same_as<T, double>) BasicScalar<T> detach(const BasicScalar<T>& x) {
  return x.value();
}

// Of types derived from scalars the whole.
template <class X>
requires std::derived_from<X, BasicScalar<typename X::Number>>
constexpr void swap(X& x, X& z) {
  X before = std::move(x);
  x = std::move(z);
  z = std::move(before);
}

}  // namespace tapestry

// Equal scalars, that is of equal value, have equal hashes.
template <class T>
struct std::hash<tapestry::BasicScalar<T>> {
  auto operator()(const tapestry::BasicScalar<T>& x) const { return std::hash<T>()(x.value()); }
};

template <class T>
struct std::numeric_limits<tapestry::BasicScalar<T>>
    : tapestry::detail::LimitsOf<tapestry::BasicScalar<T>, T> {};

template <class T>
struct fmt::formatter<tapestry::BasicScalar<T>> : tapestry::detail::NumberFormatter<T> {
  auto format(const tapestry::BasicScalar<T>& x, format_context& context) const {
    return tapestry::detail::NumberFormatter<T>::format(x.value(), context);
  }
};
