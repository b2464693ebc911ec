// What a node of an expression is to its statement, by its type: what it saves when the statement
// is recorded, how its value comes back in a sweep, cheap ones recomputed, and what it gives back
// to the nodes below it.
#pragma once

#include <concepts>

#include "engine/tape/node.h"
#include "engine/tensor/number.h"
#include "ops/scalar/expression.h"
#include "ops/scalar/formula.h"
#include "ops/scalar/page_step.h"

namespace tapestry::detail::statements {

using probe::kX, probe::kY, probe::kZ;

// ---- what each node of the tree saves, decided by its type. `root`: its value is the statement's,
// which the tape keeps anyway; `needed`: something above reads its value in the sweep. ----

template <Unary op, bool root, bool needed>
struct UnaryPlan {
  using Rule = page_numbers::UnaryRule<op>;  // for what it mentions, the same for all numbers
  static constexpr bool saves_partial = Rule::mentions.costly;
  static constexpr unsigned reads = saves_partial ? 0 : Rule::mentions.uses;
  static constexpr bool reads_y = needed || (reads & kY);
  static constexpr bool saves_y = !root && reads_y && Rule::costly;
  static constexpr bool recomputes_y = !root && reads_y && !Rule::costly;
  static constexpr bool reads_x = (reads & kX) || recomputes_y;
  static constexpr int own = saves_partial + saves_y;
};

template <Binary op, bool root, bool needed, bool partial_x, bool partial_z>
struct BinaryPlan {
  using Rule = page_numbers::BinaryRule<op>;
  static constexpr bool saves_x = partial_x && Rule::mentions_x.costly;
  static constexpr bool saves_z = partial_z && Rule::mentions_z.costly;
  static constexpr unsigned reads = (partial_x && !saves_x ? Rule::mentions_x.uses : 0) |
                                    (partial_z && !saves_z ? Rule::mentions_z.uses : 0);
  static constexpr bool reads_y = needed || (reads & kY);
  static constexpr bool saves_y = !root && reads_y && Rule::costly;
  static constexpr bool recomputes_y = !root && reads_y && !Rule::costly;
  static constexpr bool reads_x = (reads & kX) || recomputes_y;
  static constexpr bool reads_z = (reads & kZ) || recomputes_y;
  static constexpr int own = saves_x + saves_z + saves_y;
};

// Whether a partial could be infinite. A zero adjoint gives zero all the same: of numbers that the
// formulas do not see to it for (ops/scalar/cotangent.h), the root's is seen by the kernel's loop,
// those inside where this is so.
constexpr bool may_be_steep(probe::Probe mentions) { return mentions.uses != 0 && !mentions.bare; }

template <class E>
inline constexpr bool is_literal = std::same_as<E, LiteralExpression<typename E::Number>>;

// What a sweep reads of one statement.
template <class T>
struct Place {
  const T* values;  // by id
  T* adjoints;      // by id
  T* carried;       // what this statement gives, through its first operand, to
  NodeId before;    // the one before it
  const NodeId* operands;
  const T* literals;
  const T* saved;
};

template <class T>
[[gnu::always_inline]] inline void put_operand(const OperandExpression<T>& operand, NodeId*& out) {
  *out++ = static_cast<NodeId>(operand.name);
}
template <class T>
[[gnu::always_inline]] inline void put_operand(const OperandExpression<T>& operand,
                                               BasicScalar<T>*& out) {
  *out++ = BasicScalar<T>::named(operand.number, operand.name);
}

// ---- one node: how many operands, literals, saved numbers and steps lie in it; how it writes
// them; and a reader that holds its value in the sweep and gives its adjoint to what is below. L,
// K, S count what lies before it in the statement. ----

template <class E, bool root, bool needed>
struct Node;

template <class T, bool root, bool needed>
struct Node<OperandExpression<T>, root, needed> {
  static constexpr int operands = 1, literals = 0, saved = 0, steps = 0;
  [[gnu::always_inline]] static void write(const OperandExpression<T>& e, auto*& operands, T*&,
                                           T*&) {
    put_operand(e, operands);
  }
  template <int L, int K, int S>
  struct Reader {
    T number;
    [[gnu::always_inline]] explicit Reader(const Place<T>& at, const T& = 0)
        : number(at.values[at.operands[L]]) {}
    [[gnu::always_inline]] void pull(const Place<T>& at, const T& g) const {
      const NodeId id = at.operands[L];
      if (L == 0 && id == at.before)
        add_to(*at.carried, g);  // a chain goes from statement to statement in a register
      else
        add_to(at.adjoints[id], g);
    }
  };
  template <int L, int K, int S>
  [[gnu::always_inline]] static T recompute(const Place<T>& at, T*) {
    return at.values[at.operands[L]];
  }
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*&, int&) {
    return {StepOperand::Kind::operand, L};
  }
};

template <class T, bool root, bool needed>
struct Node<LiteralExpression<T>, root, needed> {
  static constexpr int operands = 0, literals = 1, saved = 0, steps = 0;
  [[gnu::always_inline]] static void write(const LiteralExpression<T>& e, auto*&, T*& literals,
                                           T*&) {
    *literals++ = e.number;
  }
  template <int L, int K, int S>
  struct Reader {
    T number;
    [[gnu::always_inline]] explicit Reader(const Place<T>& at, const T& = 0)
        : number(at.literals[K]) {}
    [[gnu::always_inline]] void pull(const Place<T>&, const T&) const {}
  };
  template <int L, int K, int S>
  [[gnu::always_inline]] static T recompute(const Place<T>& at, T*) {
    return at.literals[K];
  }
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*&, int&) {
    return {StepOperand::Kind::literal, K};
  }
};

template <Unary op, class A, bool root, bool needed>
struct Node<UnaryExpression<op, A>, root, needed> {
  using T = typename A::Number;
  using Plan = UnaryPlan<op, root, needed>;
  using Rule = UnaryRule<op, T>;
  static constexpr std::string_view name = page_numbers::UnaryRule<op>::name;
  static constexpr bool steep = may_be_steep(page_numbers::UnaryRule<op>::mentions);
  using Below = Node<A, false, Plan::reads_x>;
  static constexpr int operands = Below::operands, literals = Below::literals,
                       saved = Plan::own + Below::saved, steps = Below::steps + 1;

  [[gnu::always_inline]] static void write(const UnaryExpression<op, A>& e, auto*& operands,
                                           T*& literals, T*& saved) {
    if constexpr (Plan::saves_partial) *saved++ = Rule::partial(e.a.number, 0, e.number, 1);
    if constexpr (Plan::saves_y) *saved++ = e.number;
    Below::write(e.a, operands, literals, saved);
  }
  template <int L, int K, int S>
  struct Reader {
    typename Below::template Reader<L, K, S + Plan::own> a;
    T number;
    [[gnu::always_inline]] explicit Reader(const Place<T>& at, const T& y = 0) : a(at) {
      if constexpr (root)
        number = y;
      else if constexpr (Plan::saves_y)
        number = at.saved[S + Plan::saves_partial];
      else if constexpr (Plan::recomputes_y)
        number = Rule::value(a.number);
      else
        number = 0;
    }
    [[gnu::always_inline]] void pull(const Place<T>& at, const T& g) const {
      if constexpr (!root && steep)
        if (is_zero(g)) return;
      if constexpr (Plan::saves_partial)
        a.pull(at, times_partial(g, at.saved[S]));
      else
        a.pull(at, Rule::partial(a.number, 0, number, g));
    }
  };
  template <int L, int K, int S>
  [[gnu::always_inline]] static T recompute(const Place<T>& at, T* saved_numbers) {
    const T x = Below::template recompute<L, K, S + Plan::own>(at, saved_numbers);
    const T y = Rule::value(x);
    if constexpr (Plan::saves_partial) saved_numbers[S] = Rule::partial(x, 0, y, 1);
    if constexpr (Plan::saves_y) saved_numbers[S + Plan::saves_partial] = y;
    return y;
  }
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*& out, int& count) {
    Step step{function_of(op), {}};
    step.operands[0] = Below::template list<L, K, S>(out, count);
    *out++ = step;
    return {StepOperand::Kind::step, static_cast<std::uint8_t>(count++)};
  }
};

template <Binary op, class A, class B, bool root, bool needed>
struct Node<BinaryExpression<op, A, B>, root, needed> {
  using T = typename A::Number;
  using Plan = BinaryPlan<op, root, needed, !is_literal<A>, !is_literal<B>>;
  using Rule = BinaryRule<op, T>;
  static constexpr std::string_view name = page_numbers::BinaryRule<op>::name;
  static constexpr bool steep_x = may_be_steep(page_numbers::BinaryRule<op>::mentions_x),
                        steep_z = may_be_steep(page_numbers::BinaryRule<op>::mentions_z);
  using Left = Node<A, false, Plan::reads_x>;
  using Right = Node<B, false, Plan::reads_z>;
  static constexpr int operands = Left::operands + Right::operands,
                       literals = Left::literals + Right::literals,
                       saved = Plan::own + Left::saved + Right::saved,
                       steps = Left::steps + Right::steps + 1;

  [[gnu::always_inline]] static void write(const BinaryExpression<op, A, B>& e, auto*& operands,
                                           T*& literals, T*& saved) {
    if constexpr (Plan::saves_x) *saved++ = Rule::partial_x(e.a.number, e.b.number, e.number, 1);
    if constexpr (Plan::saves_z) *saved++ = Rule::partial_z(e.a.number, e.b.number, e.number, 1);
    if constexpr (Plan::saves_y) *saved++ = e.number;
    Left::write(e.a, operands, literals, saved);
    Right::write(e.b, operands, literals, saved);
  }
  template <int L, int K, int S>
  struct Reader {
    typename Left::template Reader<L, K, S + Plan::own> a;
    typename Right::template Reader<L + Left::operands, K + Left::literals,
                                    S + Plan::own + Left::saved>
        b;
    T number;
    [[gnu::always_inline]] explicit Reader(const Place<T>& at, const T& y = 0) : a(at), b(at) {
      if constexpr (root)
        number = y;
      else if constexpr (Plan::saves_y)
        number = at.saved[S + Plan::saves_x + Plan::saves_z];
      else if constexpr (Plan::recomputes_y)
        number = Rule::value(a.number, b.number);
      else
        number = 0;
    }
    [[gnu::always_inline]] void pull(const Place<T>& at, const T& g) const {
      if constexpr (!root && (steep_x || steep_z))
        if (is_zero(g)) return;
      if constexpr (!is_literal<A>) {
        if constexpr (Plan::saves_x)
          a.pull(at, times_partial(g, at.saved[S]));
        else
          a.pull(at, Rule::partial_x(a.number, b.number, number, g));
      }
      if constexpr (!is_literal<B>) {
        if constexpr (Plan::saves_z)
          b.pull(at, times_partial(g, at.saved[S + Plan::saves_x]));
        else
          b.pull(at, Rule::partial_z(a.number, b.number, number, g));
      }
    }
  };
  template <int L, int K, int S>
  [[gnu::always_inline]] static T recompute(const Place<T>& at, T* saved_numbers) {
    const T x = Left::template recompute<L, K, S + Plan::own>(at, saved_numbers);
    const T z = Right::template recompute<L + Left::operands, K + Left::literals,
                                          S + Plan::own + Left::saved>(at, saved_numbers);
    const T y = Rule::value(x, z);
    if constexpr (Plan::saves_x) saved_numbers[S] = Rule::partial_x(x, z, y, 1);
    if constexpr (Plan::saves_z) saved_numbers[S + Plan::saves_x] = Rule::partial_z(x, z, y, 1);
    if constexpr (Plan::saves_y) saved_numbers[S + Plan::saves_x + Plan::saves_z] = y;
    return y;
  }
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*& out, int& count) {
    Step step{function_of(op), {}};
    step.operands[0] = Left::template list<L, K, S>(out, count);
    step.operands[1] = Right::template list<L + Left::operands, K + Left::literals, S>(out, count);
    *out++ = step;
    return {StepOperand::Kind::step, static_cast<std::uint8_t>(count++)};
  }
};

}  // namespace tapestry::detail::statements
