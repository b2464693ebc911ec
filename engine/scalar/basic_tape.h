// The tape of scalars of another number type T than double: float, numbers with tangents, eight
// numbers at once, or active scalars themselves, whose tape then follows the whole of it, the sweep
// back included. Statements, spans and streams are those of the Tape
// (engine/tape/statement_tape.h); there are no tensors on it, and it is not drawn, named or
// replayed.
//
// T is trivially copyable, is made from a double, and has the page's functions and what
// engine/tensor/number.h asks of it.
#pragma once

#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "engine/grad/plain_sweep.h"
#include "engine/tape/leaf.h"
#include "engine/tape/statement_storage.h"
#include "engine/tape/tape.h"
#include "engine/tensor/number.h"

namespace tapestry {

template <class T>
class BasicTape : public detail::StatementTape<T> {
 public:
  // Records the BasicScalar<T> of this thread from now on. Tapes of one type nest, and the
  // innermost records; tapes of different types do not hinder each other.
  BasicTape() { this->join(this->epoch()); }

  // A leaf to differentiate with respect to.
  BasicScalar<T> variable(const T& value) {
    return record_statement(detail::kVariableStatement<T>, {}, {}, value);
  }

  // dy/dx for each x, see ops/scalar/scalar.h.
  std::vector<T> gradient(const BasicScalar<T>& y, const std::vector<BasicScalar<T>>& xs,
                          const T& cotangent, bool allow_unused);

  // ---- recording: for statements ----
  // The node of operand i here, 0 when passive; Error when it is forgotten, or of another tape.
  NodeId id_of(std::string_view who, int i, const BasicScalar<T>& x) {
    if (!x.is_tracked()) return 0;
    if (!this->owns(x)) refuse_other(who, i, x);
    if (x.id() > this->size()) detail::refuse_forgotten(who, x.id(), this->size());
    return x.id();
  }
  // The node of a plain number.
  BasicScalar<T> scalar_constant(const T& value) {
    const NodeId id = this->storage().constant(value);
    return BasicScalar<T>::named(value, std::uint64_t{this->epoch()} << 32 | id);
  }
  BasicScalar<T> record_statement(const detail::KernelOf<T>& kernel,
                                  std::span<const NodeId> operands, std::span<const T> payload,
                                  const T& value) {
    return this->storage().put(kernel, operands, payload, value);
  }

 private:
  [[noreturn]] static void refuse_other(std::string_view who, int i, const BasicScalar<T>& x) {
    BasicTape::of(who, x);
    if (!BasicTape::find(x.epoch()))
      detail::refuse(who, "operand {} was recorded on a tape that belongs to another thread", i);
    detail::refuse(
        who,
        "operand {} is a scalar of another tape: scalars of one type do not nest, those over "
        "active scalars do",
        i);
  }
};

// Of doubles it is the Tape itself, so that code over T makes, marks, rewinds and differentiates
// both alike. A gradient of a Tape takes options where that of others takes a cotangent.
template <>
class BasicTape<double> : public Tape {
 public:
  using Tape::Tape;
};

template <class T>
std::vector<T> BasicTape<T>::gradient(const BasicScalar<T>& y,
                                      const std::vector<BasicScalar<T>>& xs, const T& cotangent,
                                      bool allow_unused) {
  const detail::TapeUse use("gradient", detail::TapeUse::Role::sweeps, this->epoch());
  auto& storage = this->storage();
  const NodeId last = y.id(), size = this->size();
  if (last > size) detail::refuse_forgotten("gradient", last, size);
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!this->owns(xs[i])) {
      if (xs[i].is_tracked()) BasicTape::of("gradient", xs[i]);
      detail::refuse("gradient", "x[{}] is not recorded on the tape of y", i);
    }
    if (xs[i].id() > size) detail::refuse_forgotten("gradient", xs[i].id(), size);
    if (xs[i].id() <= last) targets.push_back(xs[i].id());
  }
  const auto part = [&] {
    return detail::reach_of<T>(storage, {&last, 1}, targets, detail::OperandsOf<T>());
  };
  const auto check_linked = [&](const detail::NodeSet& reach) {
    for (std::size_t i = 0; i < xs.size() && !allow_unused; ++i)
      if (!reach.contains(xs[i].id()))
        detail::refuse("gradient", "y (node {}) does not depend on x[{}] (node {})", last, i,
                       xs[i].id());
  };
  if constexpr (detail::is_plain_number<T>) {
    detail::sweep_plainly<T>(storage, last, cotangent, xs);
  } else {  // an outer tape may follow the sweep, which then holds no more than is needed
    const detail::NodeSet needed = part();
    check_linked(needed);
    detail::sweep_needed(storage, needed, last, cotangent);
  }
  use.check();
  std::vector<T> partials;
  partials.reserve(xs.size());
  // A partial of 0 may mean that there is no way.
  if (!detail::read_partials<T>(storage, last, xs, std::back_inserter(partials)) &&
      detail::is_plain_number<T> && !allow_unused)
    check_linked(part());
  return partials;
}

}  // namespace tapestry
