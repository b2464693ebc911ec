// How an expression becomes a statement of the tape, and the kernel of its type. Results and
// partials of costly functions are saved when the statement is recorded, so the reverse sweep calls
// none of them again.
//
// A statement writes one operand id (4 bytes) for each operand, its literals and saved numbers (8
// bytes each) and its value (8 bytes).
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

// The same sweep over active numbers, for any statement.
void reverse_recorded(const Run& run, Sweep& sweep);
// x=2 or z=2, where one operand of a single step is a literal.
std::string print_constant(std::span<const Step> steps, std::span<const double> payload);
// Records a statement the long way: it begins a run, or its operands are not all of the tape that
// records, or somebody watches. Plain numbers become constants of the tape, scalars of others are
// refused, and of plain numbers alone nothing is recorded.
Scalar record_carefully(const StatementKernel& kernel, const Scalar* operands,
                        const double* payload, double value);

template <class T>
BasicScalar<T> record_carefully(const KernelOf<T>& kernel, const BasicScalar<T>* operands,
                                const T* payload, const T& value) {
  BasicTape<T>* const tape = BasicTape<T>::recording();
  const auto arity = static_cast<std::size_t>(kernel.arity);
  if (detail::context.captures) [[unlikely]]
    for (std::size_t i = 0; i < arity; ++i)
      if (operands[i].is_tracked() && !(tape && tape->owns(operands[i])))
        detail::context.captures->note(fmt::format("a scalar (node {})", operands[i].id()));
  if (!tape) return value;
  bool followed = false;
  for (std::size_t i = 0; i < arity; ++i)
    if (tape->owns(operands[i]))
      followed = true;
    else if (operands[i].is_tracked())
      BasicTape<T>::refuse_other(kernel.name, i, operands[i]);
  if (!followed) return value;
  NodeId ids[kMostOfAStatement];
  for (std::size_t i = 0; i < arity; ++i) ids[i] = tape->id_of(kernel.name, operands[i]);
  return tape->storage().put(kernel, {ids, arity},
                             {payload, static_cast<std::size_t>(kernel.payload)}, value);
}

template <class E>
struct Sweeps {
  using T = typename E::Number;
  using Root = Node<E, true, false>;
  static constexpr int payload = Root::literals + Root::saved;
  static_assert(std::max({Root::operands, payload, Root::steps}) <= kMostOfAStatement,
                "a statement of more than 255 operations: assign a part of it to a Scalar first");

  static void reverse(NodeId first, NodeId end, const NodeId* operands, const T* numbers,
                      const T* values, T* adjoints) {
    T carried(0);
    for (NodeId id = end; id-- > first;) {
      operands -= Root::operands;
      numbers -= payload;
      add_to(adjoints[id], carried);
      const T g = adjoints[id];
      carried = T(0);
      if (is_zero(g)) continue;  // nothing flows, whatever the partials
      const Place<T> at{
          values, adjoints, &carried, id - 1, operands, numbers, numbers + Root::literals};
      typename Root::template Reader<0, 0, 0>(at, values[id]).pull(at, g);
    }
    if (!is_zero(carried)) add_to(adjoints[first - 1], carried);
  }

  static void recompute(NodeId first, NodeId end, const NodeId* operands, T* numbers, T* values) {
    for (NodeId id = first; id < end; ++id) {
      const Place<T> at{values, nullptr, nullptr, 0, operands, numbers, nullptr};
      values[id] = Root::template recompute<0, 0, 0>(at, numbers + Root::literals);
      operands += Root::operands;
      numbers += payload;
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
struct Kernel : Sweeps<E> {
  static constexpr KernelOf<T> kernel{{Sweeps<E>::steps.back().op, Sweeps<E>::Root::operands,
                                       Sweeps<E>::payload, nullptr, nullptr, nullptr, nullptr},
                                      &Sweeps<E>::reverse};
};

// Of doubles: whatever a Tape can do.
template <class E>
struct Kernel<E, double> : Sweeps<E> {
  static std::string print(std::span<const double> numbers) {
    return print_constant(Sweeps<E>::steps, numbers);
  }
  static constexpr StatementKernel kernel{Sweeps<E>::steps.back().op,
                                          Sweeps<E>::Root::operands,
                                          Sweeps<E>::payload,
                                          &Sweeps<E>::reverse,
                                          &Sweeps<E>::recompute,
                                          &reverse_recorded,
                                          &print,
                                          Sweeps<E>::steps,
                                          &step_value,
                                          &step_partial};
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
  constexpr std::size_t arity = Kernel::Root::operands, payload_count = Kernel::payload;
  StatementStorage<T>& storage = *statement_storage<T>;
  const std::uint64_t name = storage.next_name;
  if (expression.strangers(storage.first_name) >> 32 || !storage.is_ready_for(Kernel::kernel))
      [[unlikely]] {
    BasicScalar<T> operands[arity], *operand = operands;
    T payload[payload_count + 1] = {}, *literal = payload;
    T* saved = payload + Kernel::Root::literals;
    Kernel::Root::write(expression, operand, literal, saved);
    return statements::record_carefully(Kernel::kernel, operands, payload, expression.number);
  }
  NodeId* operand = storage.operands.end();
  T* literal = storage.payload.end();
  T* saved = literal + Kernel::Root::literals;
  Kernel::Root::write(expression, operand, literal, saved);
  storage.values[static_cast<NodeId>(name)] = expression.number;
  storage.next_name = name + 1;
  storage.operands.advance(arity);
  if constexpr (payload_count > 0) storage.payload.advance(payload_count);
  storage.runs.step();
  return BasicScalar<T>::named(expression.number, name);
}

}  // namespace tapestry::detail
