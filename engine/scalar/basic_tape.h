// The tape of scalars of another number type T than double: float, numbers with tangents, eight
// numbers at once, or active scalars themselves, whose tape then follows the whole of it, the sweep
// back included. Statements, spans and streams are those of the Tape; there are no tensors on it,
// and it is not drawn, named or replayed.
//
// T is trivially copyable, is made from a double, and has the page's functions and what
// engine/tensor/number.h asks of it.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/grad/plain_sweep.h"
#include "engine/tape/leaf.h"
#include "engine/tape/statement_storage.h"
#include "engine/tape/tape.h"
#include "engine/tensor/number.h"

namespace tapestry {

template <class T>
class BasicTape : public detail::LivingTape<BasicTape<T>> {
 public:
  // Records the BasicScalar<T> of this thread from now on. Tapes of one type nest, and the
  // innermost records; tapes of different types do not hinder each other.
  BasicTape() : pages_(Pool::take()) {
    storage().begin(detail::next_recording());
    this->join(epoch());
  }
  ~BasicTape() {
    storage().note_ids();
    this->leave();
    if (!detail::TapeUse::keep(epoch(), pages_)) Pool::give_back(std::move(pages_));
  }

  // A leaf to differentiate with respect to.
  BasicScalar<T> variable(const T& value) {
    return storage().put(detail::kVariableStatement<T>, {}, {}, value);
  }

  // Ends this recording and starts a new, empty one. Handles of the old one become stale. Error,
  // as from rewind(), while a gradient sweeps the tape.
  void clear() {
    detail::TapeUse::check_clear(epoch());
    const detail::Recording recording = detail::next_recording();
    storage().note_ids();
    storage().reset();
    storage().begin(recording);
    this->recompute(epoch());
  }

  // The place that recording has reached, and the way back: handles of what was recorded since must
  // not be used any more.
  using Mark = detail::StatementMark;
  Mark mark() const { return storage().mark(); }
  // Error for a mark of another recording, or one that was itself rewound past.
  void rewind(const Mark& mark) {
    storage().check("rewind", mark);
    detail::TapeUse::check_rewind("rewind", *this, mark.callbacks, true);
    storage().rewind(mark);
  }

  detail::Epoch epoch() const { return storage().epoch(); }
  NodeId size() const { return storage().size(); }
  bool owns(const BasicScalar<T>& x) const { return (x.name() - storage().first_name) >> 32 == 0; }

  // The living tape of any thread that has the node, or an Error in the name of `who`.
  static BasicTape& of(std::string_view who, const BasicScalar<T>& x) {
    BasicTape* tape = BasicTape::find_anywhere(x.epoch());
    if (!tape || !tape->owns(x)) detail::refuse_stale(who, "a handle", 0);
    return *tape;
  }
  // Operand i of a statement is of another recording than this thread's.
  [[noreturn]] static void refuse_other(std::string_view who, std::size_t i,
                                        const BasicScalar<T>& x) {
    of(who, x);
    if (!BasicTape::find(x.epoch()))
      detail::refuse(who, "operand {} was recorded on a tape that belongs to another thread", i);
    detail::refuse(
        who,
        "operand {} is a scalar of another tape: scalars of one type do not nest, those over "
        "active scalars do",
        i);
  }

  // For statements: the node of x here, a constant if another tape or none follows it.
  NodeId id_of(std::string_view who, const BasicScalar<T>& x) {
    if (owns(x)) {
      if (x.id() > size()) detail::refuse_forgotten(who, x.id(), size());
      return x.id();
    }
    return storage().put(detail::kConstantStatement<T>, {}, {}, x.value()).id();
  }
  void release_unused() { storage().release_unused(); }
  detail::StatementStorage<T>& storage() { return *pages_; }
  const detail::StatementStorage<T>& storage() const { return *pages_; }
  static void write_to(BasicTape* tape) {
    statements() = tape ? &tape->storage() : no_statements();
  }
  static detail::StatementStorage<T>*& statements() { return detail::statement_storage<T>; }
  static detail::StatementStorage<T>* no_statements() { return &detail::no_storage<T>; }

  // dy/dx for each x, see ops/scalar/scalar.h.
  std::vector<T> gradient(const BasicScalar<T>& y, const std::vector<BasicScalar<T>>& xs,
                          const T& cotangent, bool allow_unused);

 private:
  using Pages = detail::StatementStorage<T>;
  using Pool = detail::StoragePool<Pages>;
  [[noreturn]] static void refuse_apart(NodeId y, NodeId x, std::size_t i) {
    detail::refuse("gradient", "y (node {}) does not depend on x[{}] (node {})", y, i, x);
  }

  std::unique_ptr<Pages> pages_;
};

// The living tape of this thread that x is recorded on. Error where it is a plain number, or stale.
template <class T>
requires(!std::same_as<T, double>) BasicTape<T>
&tape_of(const BasicScalar<T>& x, detail::Site site = {}) {
  const detail::CallSite call(site);
  if (!x.is_tracked())
    detail::refuse("tape_of", "x is a plain number, which is recorded on no tape");
  return BasicTape<T>::of("tape_of", x);
}

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
  const detail::TapeUse use("gradient", detail::TapeUse::Role::sweeps, epoch());
  Pages& pages = storage();
  const NodeId last = y.id();
  if (last > size()) detail::refuse_forgotten("gradient", last, size());
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!owns(xs[i])) {
      if (xs[i].is_tracked()) of("gradient", xs[i]);
      detail::refuse("gradient", "x[{}] is not recorded on the tape of y", i);
    }
    if (xs[i].id() > size()) detail::refuse_forgotten("gradient", xs[i].id(), size());
    if (xs[i].id() <= last) targets.push_back(xs[i].id());
  }
  const auto part = [&] {
    return detail::reach_of<T>(pages, {&last, 1}, targets, detail::OperandsOf<T>());
  };
  const auto check_linked = [&](const detail::NodeSet& reach) {
    for (std::size_t i = 0; i < xs.size() && !allow_unused; ++i)
      if (!reach.contains(xs[i].id())) refuse_apart(last, xs[i].id(), i);
  };
  if constexpr (detail::is_plain_number<T>) {
    detail::sweep_plainly<T>(pages, last, cotangent, xs);
  } else {  // an outer tape may follow the sweep, which then holds no more than is needed
    const detail::NodeSet needed = part();
    check_linked(needed);
    detail::sweep_needed(pages, needed, last, cotangent);
  }
  use.check();
  std::vector<T> partials(xs.size());
  // A partial of 0 may mean that there is no way.
  if (!detail::read_partials<T>(pages, last, xs, partials.data()) && detail::is_plain_number<T> &&
      !allow_unused)
    check_linked(part());
  return partials;
}

}  // namespace tapestry
