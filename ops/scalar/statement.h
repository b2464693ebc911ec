// How an expression becomes a statement of the tape, and the kernel of its type. Results and
// partials of costly functions are saved when the statement is recorded, so the reverse sweep calls
// none of them again.
//
// A statement writes one operand id (4 bytes) for each operand, its literals and saved numbers (8
// bytes each) and its value (8 bytes).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>

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
// Error for the first step that makes a number that is not finite.
void watch_steps(std::span<const Step> steps, std::span<const Scalar> operands,
                 const double* literals);

// The function that a rule of the user's stands for uses x, see engine/tape/captures.h.
template <class T>
void note_captured(const TapeOf<T>* tape, const BasicScalar<T>& x) {
  if constexpr (std::same_as<T, double>)
    context.captures->note(x);
  else if (x.is_tracked() && !(tape && tape->owns(x)))
    context.captures->note(fmt::format("a scalar (node {})", x.id()));
}

// Records a statement the long way: the streams must look for room, or its operands are not all of
// the tape that records, or DetectAnomaly watches. Plain numbers become constants of the tape,
// scalars of others are refused, and of plain numbers alone nothing is recorded.
template <class T>
BasicScalar<T> record_carefully(const KernelOf<T>& kernel, const BasicScalar<T>* operands,
                                const T* payload, typename BasicScalar<T>::Passed value) {
  const auto arity = static_cast<std::size_t>(kernel.arity);
  const std::span<const T> numbers(payload, static_cast<std::size_t>(kernel.payload));
  NodeId ids[kMostOfAStatement];
  StatementStorage<T>& storage = *statement_storage<T>;
  // Own operands, plain numbers, and others, which call for a closer look, as all do on no_storage.
  std::size_t own = 0, plain = 0;
  for (std::size_t i = 0; i < arity; ++i) {
    ids[i] = operands[i].id();
    own += storage.owns(operands[i].name()) && ids[i] < storage.next_id();
    plain += !operands[i].is_tracked();
  }
  if (own == arity) return storage.put(kernel, {ids, arity}, numbers, value);
  TapeOf<T>* const tape = TapeOf<T>::recording();
  if (context.captures) [[unlikely]]
    for (std::size_t i = 0; i < arity; ++i) note_captured(tape, operands[i]);
  if (!tape || (plain == arity && !context.anomaly_watch)) return value;
  const bool plainly = own > 0 && own + plain == arity;
  if (!plainly) {
    bool followed = false;
    for (std::size_t i = 0; i < arity; ++i) {
      ids[i] = tape->id_of(kernel.name, static_cast<int>(i), operands[i]);
      followed |= ids[i] != 0;
    }
    if constexpr (std::same_as<T, double>)
      if (context.anomaly_watch) watch_steps(kernel.steps, {operands, arity}, payload);
    if (!followed) return value;
  }
  for (std::size_t i = 0; i < arity; ++i)
    if (ids[i] == 0) ids[i] = tape->scalar_constant(operands[i].value()).id();
  return plainly ? storage.put(kernel, {ids, arity}, numbers, value)
                 : tape->record_statement(kernel, {ids, arity}, numbers, value);
}
extern template Scalar record_carefully(const KernelOf<double>&, const Scalar*, const double*,
                                        double);

// The kernel of the statements that an expression of type E makes.
template <class E>
struct Kernel {
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
  static constexpr KernelOf<T> kernel = [] {
    KernelOf<T> made{{Root::name, Root::operands, payload, steps}, &reverse};
    if constexpr (std::same_as<T, double>) {
      made.recompute = &recompute;
      made.record_reverse = &reverse_recorded;
      made.print = &print_literal;
    }
    return made;
  }();
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
  if (expression.strangers(storage.first_name) >> 32 || !storage.has_room()) [[unlikely]] {
    if (expression.strangers(0) == 0 && !context.anomaly_watch)  // plain numbers alone
      return BasicScalar<T>(expression.number);
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
  if (!storage.runs.expects(Kernel::kernel)) [[unlikely]]
    return storage.finish_turning(Kernel::kernel, expression.number);
  storage.values[static_cast<NodeId>(name)] = expression.number;
  storage.next_name = name + 1;
  storage.operands.advance(arity);
  if constexpr (payload_count > 0) storage.payload.advance(payload_count);
  storage.runs.step();
  return BasicScalar<T>::named(expression.number, name);
}

}  // namespace tapestry::detail
