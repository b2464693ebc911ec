// How an expression becomes a statement of the tape, and how its adjoint flows back. The type of
// the expression is the operation: one kernel for each, which reloads the leaves' values,
// recomputes cheap inner values and adds into the leaves' adjoints. Results and slopes of costly
// functions are saved when the statement is recorded, so the walk calls none of them again.
//
// A statement writes one leaf id (4 bytes) for each leaf, its literals and saved numbers (8 bytes
// each) and its value (8 bytes).
#pragma once

#include <array>
#include <string>

#include "engine/statement.h"
#include "engine/sweep.h"
#include "ops/expression.h"
#include "ops/stepwise.h"

namespace tapestry::statements {

using probe::kX, probe::kY, probe::kZ;

// ---- what each node of the tree saves, decided by its type. `root`: its value is the statement's,
// which the tape keeps anyway; `needed`: something above reads its value in the walk. ----

template <Unary op, bool root, bool needed>
struct UnaryPlan {
  using Rule = page_numbers::UnaryRule<op>;
  static constexpr bool saves_slope = Rule::mentions.costly;
  static constexpr unsigned reads = saves_slope ? 0 : Rule::mentions.uses;
  static constexpr bool reads_y = needed || (reads & kY);
  static constexpr bool saves_y = !root && reads_y && Rule::costly;
  static constexpr bool recomputes_y = !root && reads_y && !Rule::costly;
  static constexpr bool reads_x = (reads & kX) || recomputes_y;
  static constexpr int own = saves_slope + saves_y;
};

template <Binary op, bool root, bool needed, bool slope_x, bool slope_z>
struct BinaryPlan {
  using Rule = page_numbers::BinaryRule<op>;
  static constexpr bool saves_x = slope_x && Rule::mentions_x.costly;
  static constexpr bool saves_z = slope_z && Rule::mentions_z.costly;
  static constexpr unsigned reads = (slope_x && !saves_x ? Rule::mentions_x.uses : 0) |
                                    (slope_z && !saves_z ? Rule::mentions_z.uses : 0);
  static constexpr bool reads_y = needed || (reads & kY);
  static constexpr bool saves_y = !root && reads_y && Rule::costly;
  static constexpr bool recomputes_y = !root && reads_y && !Rule::costly;
  static constexpr bool reads_x = (reads & kX) || recomputes_y;
  static constexpr bool reads_z = (reads & kZ) || recomputes_y;
  static constexpr int own = saves_x + saves_z + saves_y;
};

// A zero adjoint gives zero whatever the slope: the root's is seen by the kernel's loop, those
// inside where a slope could be infinite.
template <bool root>
constexpr bool absorbs(probe::Probe mentions) {
  return !root && mentions.uses != 0 && !mentions.bare;
}

template <class E>
inline constexpr bool is_literal = std::is_same_v<E, LiteralExpression>;

// What a walk reads of one statement.
struct Place {
  const detail::Entry* values;  // by id
  double* adjoints;             // by id, counted from `first`
  NodeId first;                 // nothing is asked for below it
  const NodeId* leaves;
  const double* literals;
  const double* saved;
};

// ---- one node: how many leaves, literals, saved numbers and steps lie in it; how it writes them;
// and a reader that holds its value in the walk and gives its adjoint to what is below. L, K, S
// count what lies before it in the statement. ----

template <class E, bool root, bool needed>
struct Node;

template <bool root, bool needed>
struct Node<LeafExpression, root, needed> {
  static constexpr int leaves = 1, literals = 0, saved = 0, steps = 0;
  static void write(const LeafExpression& e, NodeId*& ids, double*&, double*&) {
    *ids++ = e.scalar.id();
  }
  template <int L, int K, int S>
  struct Reader {
    double number;
    explicit Reader(const Place& at, double = 0) : number(at.values[at.leaves[L]].number) {}
    void pull(const Place& at, double g) const {
      const NodeId id = at.leaves[L];
      if (id >= at.first) at.adjoints[id - at.first] += g;
    }
  };
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*&, int&) {
    return {StepOperand::Kind::leaf, L};
  }
};

template <bool root, bool needed>
struct Node<LiteralExpression, root, needed> {
  static constexpr int leaves = 0, literals = 1, saved = 0, steps = 0;
  static void write(const LiteralExpression& e, NodeId*&, double*& literals, double*&) {
    *literals++ = e.number;
  }
  template <int L, int K, int S>
  struct Reader {
    double number;
    explicit Reader(const Place& at, double = 0) : number(at.literals[K]) {}
    void pull(const Place&, double) const {}
  };
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*&, int&) {
    return {StepOperand::Kind::constant, K};
  }
};

template <Unary op, class A, bool root, bool needed>
struct Node<UnaryExpression<op, A>, root, needed> {
  using Plan = UnaryPlan<op, root, needed>;
  using Rule = page_numbers::UnaryRule<op>;
  using Below = Node<A, false, Plan::reads_x>;
  static constexpr int leaves = Below::leaves, literals = Below::literals,
                       saved = Plan::own + Below::saved, steps = Below::steps + 1;

  static void write(const UnaryExpression<op, A>& e, NodeId*& ids, double*& literals,
                    double*& saved) {
    if constexpr (Plan::saves_slope) *saved++ = Rule::slope(e.a.number, 0, e.number, 1);
    if constexpr (Plan::saves_y) *saved++ = e.number;
    Below::write(e.a, ids, literals, saved);
  }
  template <int L, int K, int S>
  struct Reader {
    typename Below::template Reader<L, K, S + Plan::own> a;
    double number;
    explicit Reader(const Place& at, double y = 0) : a(at) {
      if constexpr (root)
        number = y;
      else if constexpr (Plan::saves_y)
        number = at.saved[S + Plan::saves_slope];
      else if constexpr (Plan::recomputes_y)
        number = Rule::value(a.number);
      else
        number = 0;
    }
    void pull(const Place& at, double g) const {
      if constexpr (absorbs<root>(Rule::mentions))
        if (g == 0) return;
      if constexpr (Plan::saves_slope)
        a.pull(at, g * at.saved[S]);
      else
        a.pull(at, Rule::slope(a.number, 0, number, g));
    }
  };
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*& out, int& count) {
    Step step{Rule::name, static_cast<std::uint16_t>(op), {}};
    step.operands[0] = Below::template list<L, K, S>(out, count);
    *out++ = step;
    return {StepOperand::Kind::step, static_cast<std::uint8_t>(count++)};
  }
};

template <Binary op, class A, class B, bool root, bool needed>
struct Node<BinaryExpression<op, A, B>, root, needed> {
  using Plan = BinaryPlan<op, root, needed, !is_literal<A>, !is_literal<B>>;
  using Rule = page_numbers::BinaryRule<op>;
  using Left = Node<A, false, Plan::reads_x>;
  using Right = Node<B, false, Plan::reads_z>;
  static constexpr int leaves = Left::leaves + Right::leaves,
                       literals = Left::literals + Right::literals,
                       saved = Plan::own + Left::saved + Right::saved,
                       steps = Left::steps + Right::steps + 1;

  static void write(const BinaryExpression<op, A, B>& e, NodeId*& ids, double*& literals,
                    double*& saved) {
    if constexpr (Plan::saves_x) *saved++ = Rule::slope_x(e.a.number, e.b.number, e.number, 1);
    if constexpr (Plan::saves_z) *saved++ = Rule::slope_z(e.a.number, e.b.number, e.number, 1);
    if constexpr (Plan::saves_y) *saved++ = e.number;
    Left::write(e.a, ids, literals, saved);
    Right::write(e.b, ids, literals, saved);
  }
  template <int L, int K, int S>
  struct Reader {
    typename Left::template Reader<L, K, S + Plan::own> a;
    typename Right::template Reader<L + Left::leaves, K + Left::literals,
                                    S + Plan::own + Left::saved>
        b;
    double number;
    explicit Reader(const Place& at, double y = 0) : a(at), b(at) {
      if constexpr (root)
        number = y;
      else if constexpr (Plan::saves_y)
        number = at.saved[S + Plan::saves_x + Plan::saves_z];
      else if constexpr (Plan::recomputes_y)
        number = Rule::value(a.number, b.number);
      else
        number = 0;
    }
    void pull(const Place& at, double g) const {
      if constexpr (absorbs<root>(Rule::mentions_x) || absorbs<root>(Rule::mentions_z))
        if (g == 0) return;
      if constexpr (!is_literal<A>) {
        if constexpr (Plan::saves_x)
          a.pull(at, g * at.saved[S]);
        else
          a.pull(at, Rule::slope_x(a.number, b.number, number, g));
      }
      if constexpr (!is_literal<B>) {
        if constexpr (Plan::saves_z)
          b.pull(at, g * at.saved[S + Plan::saves_x]);
        else
          b.pull(at, Rule::slope_z(a.number, b.number, number, g));
      }
    }
  };
  template <int L, int K, int S>
  static constexpr StepOperand list(Step*& out, int& count) {
    Step step{Rule::name, static_cast<std::uint16_t>(op), {}};
    step.operands[0] = Left::template list<L, K, S>(out, count);
    step.operands[1] = Right::template list<L + Left::leaves, K + Left::literals, S>(out, count);
    *out++ = step;
    return {StepOperand::Kind::step, static_cast<std::uint8_t>(count++)};
  }
};

// ---- the kernel of a type of expression ----

// The same walk over active numbers, for any statement.
void reverse_recorded(const Run& run, Sweep& sweep);
// x=2 or z=2, where one operand of a single step is a literal.
std::string print_constant(std::span<const Step> steps, std::span<const double> constants);
// Refuses the first step that makes a number that is not finite.
void watch(std::span<const Step> steps, std::span<const Scalar> leaves,
           std::span<const double> literals);

template <class E>
struct Kernel {
  using Root = Node<E, true, false>;
  static constexpr int constants = Root::literals + Root::saved;
  static_assert(Root::leaves < 256 && constants < 256 && Root::steps < 256,
                "a statement of more than 255 operations: assign a part of it to a Scalar first");

  static constexpr auto make_steps() {
    std::array<Step, Root::steps> steps{};
    Step* out = steps.data();
    int count = 0;
    Root::template list<0, 0, 0>(out, count);
    return steps;
  }
  static constexpr std::array<Step, Root::steps> steps = make_steps();

  static void reverse(const Run& run, Sweep& sweep) {
    if (sweep.recorded()) return reverse_recorded(run, sweep);
    Place at{sweep.values(), sweep.adjoints(), sweep.first(), nullptr, nullptr, nullptr};
    for (std::uint32_t i = run.count; i-- > 0;) {
      const NodeId id = run.first + i;
      const double g = at.adjoints[id - at.first];
      if (g == 0) continue;  // nothing flows, whatever the slopes
      at.leaves = run.leaves + std::size_t{Root::leaves} * i;
      at.literals = run.constants + std::size_t{constants} * i;
      at.saved = at.literals + Root::literals;
      typename Root::template Reader<0, 0, 0>(at, at.values[id].number).pull(at, g);
    }
  }

  static std::string print(std::span<const double> numbers) {
    return print_constant(steps, numbers);
  }

  static constexpr StatementKernel kernel{steps.back().op, Root::leaves, constants,   &reverse,
                                          &print,          steps,        &step_value, &step_slope};
};

template <class E>
Scalar write(const E& expression, Tape& tape) {
  using Root = typename Kernel<E>::Root;
  detail::StatementWriter writer(tape);
  NodeId* ids = writer.leaves(Root::leaves);
  double* literals = writer.constants(Kernel<E>::constants);
  double* saved = literals + Root::literals;
  Root::write(expression, ids, literals, saved);
  return writer.finish(Kernel<E>::kernel, expression.number);
}

// Leaves that are not of this tape: plain numbers become constants of it, others are refused.
template <class E>
[[gnu::noinline]] Scalar record_carefully(E expression, Tape& tape) {
  using Kernel = Kernel<E>;
  bool followed = false;
  int position = 0;
  expression.for_leaves([&](const Scalar& leaf) {
    followed |= tape.id_of(Kernel::kernel.name, position++, leaf) != 0;
  });
  if (detail::watch) {
    std::vector<Scalar> leaves;
    double literals[Kernel::constants + 1];
    NodeId ids[Kernel::Root::leaves + 1], *id = ids;
    double *literal = literals, *saved = literals + Kernel::Root::literals;
    expression.for_leaves([&](const Scalar& leaf) { leaves.push_back(leaf); });
    Kernel::Root::write(expression, id, literal, saved);
    watch(Kernel::steps, leaves, literals);
  }
  if (!followed) return expression.number;
  tape.refuse_tangents(Kernel::kernel.name);
  expression.for_leaves([&](Scalar& leaf) {
    if (!tape.owns(leaf)) leaf = tape.pooled_constant(leaf.value());
  });
  return write(expression, tape);
}

}  // namespace tapestry::statements

namespace tapestry {

template <class E>
Scalar record_statement(const E& expression) {
  Tape* const tape = detail::recording;
  if (!tape) return expression.number;
  if (expression.strangers(tape->epoch()) || detail::StatementWriter(*tape).is_watched())
      [[unlikely]]
    return statements::record_carefully(expression, *tape);
  return statements::write(expression, *tape);
}

}  // namespace tapestry
