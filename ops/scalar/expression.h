// Expressions of active scalars. Operators and functions build a tree whose type says the formula;
// its value is computed at once, and the tape hears of it when the whole is assigned to a scalar:
// one statement, however many operations it has (ops/scalar/statement.h). Nodes hold operands and
// inner nodes by value, so that an expression kept with `auto` never refers to something dead.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>

#include "engine/tensor/basic_scalar.h"
#include "ops/scalar/formula.h"

namespace tapestry::detail {

template <class E>
BasicScalar<typename E::Number> record_statement(const E& expression);

}  // namespace tapestry::detail

namespace tapestry {

// What all expressions over the number type T have in common. Operators and functions of
// expressions are found by the namespace of this base.
template <class Derived, class T>
struct ScalarExpression {
  using Number = T;
  static constexpr bool is_scalar_expression = true;
  T value() const { return self().number; }
  // An assignment records.
  [[gnu::always_inline]] operator BasicScalar<T>() const {  // NOLINT: converts
    return detail::record_statement(self());
  }
  // As a scalar's.
  template <std::integral I>
  explicit operator I() const {
    return static_cast<I>(BasicScalar<T>(*this));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

// An expression of scalars, which becomes a statement where it is assigned to one.
template <class X>
concept ScalarExpressionType = requires {
  requires X::is_scalar_expression;
};

}  // namespace tapestry

namespace tapestry::detail {

using tapestry::ScalarExpressionType;
// A scalar, or of a type derived from one.
template <class X>
concept ScalarType = requires {
  requires std::derived_from<X, BasicScalar<typename X::Number>>;
};

template <class X>
struct NumberOfActive {};
template <class X>
requires(ScalarExpressionType<X> || ScalarType<X>) struct NumberOfActive<X> {
  using Number = typename X::Number;
};
template <ScalarType X>
struct NumberOfActive<std::reference_wrapper<X>> : NumberOfActive<X> {};
template <ScalarType X>
struct NumberOfActive<std::reference_wrapper<const X>> : NumberOfActive<X> {};

// The number type of what is active: a scalar, an expression, or a reference to a scalar.
template <class X>
using NumberOf = typename NumberOfActive<X>::Number;
template <class X>
concept ActiveNumber = requires {
  typename NumberOf<X>;
};
template <class X>
auto value_of(const X& x) {
  if constexpr (ScalarExpressionType<X>)
    return x.value();
  else
    return static_cast<const BasicScalar<NumberOf<X>>&>(x).value();
}
// What is a plain number beside active ones over T: for a T that is active itself, what converts to
// it.
template <class X, class T>
concept PlainBeside = std::is_arithmetic_v<X> ||
    (!std::is_arithmetic_v<T> && std::convertible_to<const X&, T>);

// The number type of an operation on both, where one can be: that of the active one, of two the
// deeper.
template <class A, class B>
struct NumberOfBoth {};
template <ActiveNumber A, class B>
requires PlainBeside<B, NumberOf<A>>
struct NumberOfBoth<A, B> {
  using Number = NumberOf<A>;
};
template <class A, ActiveNumber B>
requires PlainBeside<A, NumberOf<B>>
struct NumberOfBoth<A, B> {
  using Number = NumberOf<B>;
};
template <ActiveNumber A, ActiveNumber B>
requires std::same_as<NumberOf<A>, NumberOf<B>>
struct NumberOfBoth<A, B> {
  using Number = NumberOf<A>;
};
template <class A, class B>
concept ActiveOperands = requires {
  typename NumberOfBoth<A, B>::Number;
};

// Of every node: strangers(first) has bits above the id where a operand is not of the recording
// whose first node has that name.
template <class T>
struct OperandExpression {
  using Number = T;
  T number;
  std::uint64_t name;
  [[gnu::always_inline]] explicit OperandExpression(const BasicScalar<T>& x)
      : number(x.value()), name(x.name()) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t first) const { return name - first; }
};

template <class T>
struct LiteralExpression {
  using Number = T;
  T number;
  [[gnu::always_inline]] explicit LiteralExpression(const T& x) : number(x) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t) const { return 0; }
};

template <Unary op, class A>
struct UnaryExpression : ScalarExpression<UnaryExpression<op, A>, typename A::Number> {
  using Number = typename A::Number;
  A a;
  Number number;
  [[gnu::always_inline]] explicit UnaryExpression(const A& x)
      : a(x), number(UnaryRule<op, Number>::value(x.number)) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t first) const {
    return a.strangers(first);
  }
};

template <Binary op, class A, class B>
struct BinaryExpression : ScalarExpression<BinaryExpression<op, A, B>, typename A::Number> {
  using Number = typename A::Number;
  A a;
  B b;
  Number number;
  [[gnu::always_inline]] BinaryExpression(const A& x, const B& z)
      : a(x), b(z), number(BinaryRule<op, Number>::value(x.number, z.number)) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t first) const {
    return a.strangers(first) | b.strangers(first);
  }
};

// An operand of an operation over T. By reference where it is one already: a copy whose address
// somebody took would be laid out in memory.
template <class T, ScalarExpressionType E>
requires std::same_as<typename E::Number, T>
[[gnu::always_inline]] inline const E& as_expression(const E& x) { return x; }
template <class T>
[[gnu::always_inline]] inline OperandExpression<T> as_expression(const BasicScalar<T>& x) {
  return OperandExpression<T>(x);
}
template <class T, class X>
requires PlainBeside<X, T>
[[gnu::always_inline]] inline LiteralExpression<T> as_expression(const X& x) {
  return LiteralExpression<T>(static_cast<T>(x));
}

template <class T, class X>
using ExpressionOf = std::remove_cvref_t<decltype(as_expression<T>(std::declval<const X&>()))>;

template <Unary op, class A, class T = NumberOf<A>>
[[gnu::always_inline]] inline auto make_unary(const A& x) {
  return UnaryExpression<op, ExpressionOf<T, A>>(as_expression<T>(x));
}
template <Binary op, class A, class B, class T = typename NumberOfBoth<A, B>::Number>
[[gnu::always_inline]] inline auto make_binary(const A& x, const B& z) {
  return BinaryExpression<op, ExpressionOf<T, A>, ExpressionOf<T, B>>(as_expression<T>(x),
                                                                      as_expression<T>(z));
}

}  // namespace tapestry::detail
