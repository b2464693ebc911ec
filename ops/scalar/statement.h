// How an expression becomes a statement of the tape, and the kernel of its type. Results and slopes
// of costly functions are saved when the statement is recorded, so the walk back calls none of them
// again.
//
// A statement writes one leaf id (4 bytes) for each leaf, its literals and saved numbers (8 bytes
// each) and its value (8 bytes).
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "engine/grad/sweep.h"
#include "engine/scalar/basic_tape.h"
#include "engine/tape/captures.h"
#include "engine/tape/tape_storage.h"
#include "ops/scalar/expression.h"
#include "ops/scalar/statement_node.h"
#include "ops/scalar/stepwise.h"

namespace tapestry::detail::statements {

// The same walk over active numbers, for any statement.
void reverse_recorded(const Run& run, Sweep& sweep);
// x=2 or z=2, where one operand of a single step is a literal.
std::string print_constant(std::span<const Step> steps, std::span<const double> constants);
// Records a statement the long way: it begins a run, or its leaves are not all of the tape that
// records, or somebody watches. Plain numbers become constants of the tape, scalars of others are
// refused, and of plain numbers alone nothing is recorded.
Scalar record_carefully(const StatementKernel& kernel, const Scalar* leaves,
                        const double* constants, double value);

template <class T>
BasicScalar<T> record_carefully(const KernelOf<T>& kernel, const BasicScalar<T>* leaves,
                                const T* constants, const T& value) {
  BasicTape<T>* const tape = BasicTape<T>::recording();
  const auto leaf_count = static_cast<std::size_t>(kernel.leaves);
  if (detail::captures) [[unlikely]]
    for (std::size_t i = 0; i < leaf_count; ++i)
      if (leaves[i].is_tracked() && !(tape && tape->owns(leaves[i])))
        detail::captures->note(fmt::format("a scalar (node {})", leaves[i].id()));
  if (!tape) return value;
  bool followed = false;
  for (std::size_t i = 0; i < leaf_count; ++i)
    if (tape->owns(leaves[i]))
      followed = true;
    else if (leaves[i].is_tracked())
      BasicTape<T>::refuse_other(kernel.name, i, leaves[i]);
  if (!followed) return value;
  NodeId ids[kMostOfAStatement];
  for (std::size_t i = 0; i < leaf_count; ++i) ids[i] = tape->id_of(kernel.name, leaves[i]);
  return tape->storage().put(kernel, {ids, leaf_count},
                             {constants, static_cast<std::size_t>(kernel.constants)}, value);
}

template <class E>
struct Walks {
  using T = typename E::Number;
  using Root = Node<E, true, false>;
  static constexpr int constants = Root::literals + Root::saved;
  static_assert(std::max({Root::leaves, constants, Root::steps}) <= kMostOfAStatement,
                "a statement of more than 255 operations: assign a part of it to a Scalar first");

  static void walk(NodeId first, NodeId end, const NodeId* leaves, const T* numbers,
                   const T* values, T* adjoints) {
    T carried(0);
    for (NodeId id = end; id-- > first;) {
      leaves -= Root::leaves;
      numbers -= constants;
      add_to(adjoints[id], carried);
      const T g = adjoints[id];
      carried = T(0);
      if (is_zero(g)) continue;  // nothing flows, whatever the slopes
      const Place<T> at{
          values, adjoints, &carried, id - 1, leaves, numbers, numbers + Root::literals};
      typename Root::template Reader<0, 0, 0>(at, values[id]).pull(at, g);
    }
    if (!is_zero(carried)) add_to(adjoints[first - 1], carried);
  }

  static void renew(NodeId first, NodeId end, const NodeId* leaves, T* numbers, T* values) {
    for (NodeId id = first; id < end; ++id) {
      const Place<T> at{values, nullptr, nullptr, 0, leaves, numbers, nullptr};
      values[id] = Root::template renew<0, 0, 0>(at, numbers + Root::literals);
      leaves += Root::leaves;
      numbers += constants;
    }
  }

  static constexpr auto make_steps() {
    std::array<Step, Root::steps> steps{};
    Step* out = steps.data();
    int count = 0;
    Root::template list<0, 0, 0>(out, count);
    return steps;
  }
  static constexpr std::array<Step, Root::steps> steps = make_steps();
};

template <class E, class T = typename E::Number>
struct Kernel : Walks<E> {
  static constexpr KernelOf<T> kernel{{Walks<E>::steps.back().op, Walks<E>::Root::leaves,
                                       Walks<E>::constants, nullptr, nullptr, nullptr, nullptr},
                                      &Walks<E>::walk};
};

// Of doubles: whatever a Tape can do.
template <class E>
struct Kernel<E, double> : Walks<E> {
  static std::string print(std::span<const double> numbers) {
    return print_constant(Walks<E>::steps, numbers);
  }
  static constexpr StatementKernel kernel{Walks<E>::steps.back().op,
                                          Walks<E>::Root::leaves,
                                          Walks<E>::constants,
                                          &Walks<E>::walk,
                                          &Walks<E>::renew,
                                          &reverse_recorded,
                                          &print,
                                          Walks<E>::steps,
                                          &step_value,
                                          &step_slope};
};

}  // namespace tapestry::detail::statements

namespace tapestry::detail {

// What a statement has stays in registers on its way to the tape: an expression whose address
// somebody took would be laid out in memory first, at three times the cost.
template <class E>
[[gnu::always_inline]] inline BasicScalar<typename E::Number> record_statement(
    const E& expression) {
  using T = typename E::Number;
  using Kernel = statements::Kernel<E>;
  constexpr std::size_t leaf_count = Kernel::Root::leaves, constant_count = Kernel::constants;
  StatementStorage<T>& storage = *statement_storage<T>;
  const std::uint64_t name = storage.next_name;
  if (expression.strangers(storage.first_name) >> 32 || !storage.is_ready_for(Kernel::kernel))
      [[unlikely]] {
    BasicScalar<T> leaves[leaf_count], *leaf = leaves;
    T constants[constant_count + 1] = {}, *literal = constants;
    T* saved = constants + Kernel::Root::literals;
    Kernel::Root::write(expression, leaf, literal, saved);
    return statements::record_carefully(Kernel::kernel, leaves, constants, expression.number);
  }
  NodeId* leaf = storage.leaves.end();
  T* literal = storage.constants.end();
  T* saved = literal + Kernel::Root::literals;
  Kernel::Root::write(expression, leaf, literal, saved);
  storage.values[static_cast<NodeId>(name)] = expression.number;
  storage.next_name = name + 1;
  storage.leaves.advance(leaf_count);
  if constexpr (constant_count > 0) storage.constants.advance(constant_count);
  storage.runs.step();
  return BasicScalar<T>::named(expression.number, name);
}

}  // namespace tapestry::detail
