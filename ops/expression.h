// Expressions of active scalars. Operators and functions build a tree whose type says the formula;
// its value is computed at once, and the tape hears of it when the whole is assigned to a Scalar:
// one statement, however many operations it has (ops/statement.h). Nodes hold leaves and inner
// nodes by value, so that an expression kept with `auto` never refers to something dead.
#pragma once

#include <concepts>
#include <type_traits>

#include "engine/scalar.h"
#include "ops/rules.h"

namespace tapestry {

template <class E>
Scalar record_statement(const E& expression);

// What all expressions have in common.
template <class Derived>
struct ScalarExpression {
  static constexpr bool is_scalar_expression = true;
  double value() const { return self().number; }
  // An assignment records.
  [[gnu::always_inline]] operator Scalar() const {  // NOLINT: converts
    return record_statement(self());
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

template <class T>
concept ScalarExpressionType = requires {
  requires T::is_scalar_expression;
};
template <class T>
concept ActiveNumber = ScalarExpressionType<T> || std::same_as<T, Scalar>;
// What stands beside an active number in an operation.
template <class T>
concept NumberOperand = ActiveNumber<T> || std::is_arithmetic_v<T>;

// Of every node: strangers(name) has bits above the id where a leaf is of another recording than
// `name`.
struct LeafExpression {
  Scalar scalar;
  double number;
  [[gnu::always_inline]] explicit LeafExpression(const Scalar& x) : scalar(x), number(x.value()) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t name) const {
    return scalar.name() ^ name;
  }
};

struct LiteralExpression {
  double number;
  [[gnu::always_inline]] explicit LiteralExpression(double x) : number(x) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t) const { return 0; }
};

template <Unary op, class A>
struct UnaryExpression : ScalarExpression<UnaryExpression<op, A>> {
  A a;
  double number;
  [[gnu::always_inline]] explicit UnaryExpression(const A& x)
      : a(x), number(page_numbers::UnaryRule<op>::value(x.number)) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t name) const {
    return a.strangers(name);
  }
};

template <Binary op, class A, class B>
struct BinaryExpression : ScalarExpression<BinaryExpression<op, A, B>> {
  A a;
  B b;
  double number;
  [[gnu::always_inline]] BinaryExpression(const A& x, const B& z)
      : a(x), b(z), number(page_numbers::BinaryRule<op>::value(x.number, z.number)) {}
  [[gnu::always_inline]] std::uint64_t strangers(std::uint64_t name) const {
    return a.strangers(name) | b.strangers(name);
  }
};

template <ScalarExpressionType E>
[[gnu::always_inline]] inline const E& as_expression(const E& x) {
  return x;
}
[[gnu::always_inline]] inline LeafExpression as_expression(const Scalar& x) {
  return LeafExpression(x);
}
template <class T>
requires std::is_arithmetic_v<T>
[[gnu::always_inline]] inline LiteralExpression as_expression(T x) {
  return LiteralExpression(static_cast<double>(x));
}

template <class T>
using ExpressionOf = std::remove_cvref_t<decltype(as_expression(std::declval<const T&>()))>;

template <Unary op, class A>
[[gnu::always_inline]] inline auto make_unary(const A& x) {
  return UnaryExpression<op, ExpressionOf<A>>(as_expression(x));
}
template <Binary op, class A, class B>
[[gnu::always_inline]] inline auto make_binary(const A& x, const B& z) {
  return BinaryExpression<op, ExpressionOf<A>, ExpressionOf<B>>(as_expression(x), as_expression(z));
}

}  // namespace tapestry
