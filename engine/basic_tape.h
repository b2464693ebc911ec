// The tape of scalars of another number type T than double: float, numbers with tangents, eight
// numbers at once, or active scalars themselves, whose tape then follows the whole of it, the walk
// back included. Statements, spans and streams are those of the Tape; there are no tensors on it,
// and it is not drawn, named or replayed.
//
// T is trivially copyable, is made from a double, and has the page's functions and what
// engine/number.h asks of it.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/leaf.h"
#include "engine/number.h"
#include "engine/statement_storage.h"
#include "engine/tape.h"
#include "engine/walk.h"

namespace tapestry {

namespace detail {
template <class T>
struct BasicPages : StatementStorage<T> {
  BasicPages() : StatementStorage<T>(AddressShare::Taken{}) {}
  std::vector<T> spare_adjoints;  // memory of the last walk, for the next
};
}  // namespace detail

template <class T>
class BasicTape : public detail::LivingTape<BasicTape<T>> {
 public:
  // Records the BasicScalar<T> of this thread from now on. Tapes of one type nest, and the
  // innermost records; tapes of different types do not hinder each other.
  BasicTape() : pages_(Pool::take()) {
    storage().begin(detail::fresh_epoch());
    this->join();
  }
  ~BasicTape() {
    this->leave();
    Pool::give_back(std::move(pages_));
  }

  // A leaf to differentiate with respect to.
  BasicScalar<T> variable(const T& value) {
    return storage().put(detail::kVariableStatement, {}, {}, value);
  }

  // Ends this recording and starts a new, empty one. Handles of the old one become stale.
  void clear() {
    storage().reset();
    storage().begin(detail::fresh_epoch());
  }

  // The place that recording has reached, and the way back: handles of what was recorded since must
  // not be used any more.
  using Mark = detail::StatementMark;
  Mark mark() const { return storage().mark(); }
  // Error for a mark of another recording, or one that was itself rewound past.
  void rewind(const Mark& mark) {
    storage().check("rewind", mark);
    storage().rewind(mark);
  }

  Epoch epoch() const { return storage().epoch(); }
  NodeId size() const { return storage().size(); }
  bool owns(const BasicScalar<T>& x) const { return x.is_tracked() && x.epoch() == epoch(); }

  // This thread's living tape with that recording, or an Error in the name of `who`.
  static BasicTape& of(std::string_view who, Epoch epoch) {
    BasicTape* tape = BasicTape::find(epoch);
    if (!tape) detail::refuse_stale(who, "a handle");
    return *tape;
  }
  // Operand i of a statement is of another recording than this thread's.
  [[noreturn]] static void refuse_other(std::string_view who, std::size_t i, Epoch epoch) {
    of(who, epoch);
    refuse(who,
           "operand {} is a scalar of another tape: scalars of one type do not nest, those over "
           "active scalars do",
           i);
  }

  // For statements: the node of x here, a constant if another tape or none follows it.
  NodeId id_of(const BasicScalar<T>& x) {
    if (owns(x)) return x.id();
    return storage().put(detail::kConstantStatement, {}, {}, x.value()).id();
  }
  detail::StatementStorage<T>& storage() { return *pages_; }
  const detail::StatementStorage<T>& storage() const { return *pages_; }
  static void write_to(BasicTape* tape) {
    detail::statement_storage<T> = tape ? &tape->storage() : &detail::no_storage<T>;
  }

  // The adjoints of the walk back from y down to x number `first`.
  std::vector<T> gradient(const BasicScalar<T>& y, const std::vector<BasicScalar<T>>& xs,
                          const T& cotangent);

 private:
  using Pages = detail::BasicPages<T>;
  using Pool = detail::StoragePool<Pages>;
  void refuse_apart(NodeId y, NodeId x, std::size_t i) const;

  std::unique_ptr<Pages> pages_;
};

// Of doubles it is the Tape itself, so that code over T needs no exception.
template <>
class BasicTape<double> : public Tape {
 public:
  using Tape::Tape;
};

template <class T>
std::vector<T> BasicTape<T>::gradient(const BasicScalar<T>& y,
                                      const std::vector<BasicScalar<T>>& xs, const T& cotangent) {
  const NodeId last = y.id();
  if (last > size())
    refuse("gradient", "node {} was forgotten: the tape was rewound to node {}", last, size());
  NodeId first = last;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!owns(xs[i])) {
      if (xs[i].is_tracked()) of("gradient", xs[i].epoch());
      refuse("gradient", "x[{}] is not recorded on the tape of y", i);
    }
    if (xs[i].id() > last) refuse_apart(last, xs[i].id(), i);
    first = std::min(first, xs[i].id());
  }
  // Kernels may write to the adjoints of any leaf, and to that of the node before a run.
  std::vector<T>& adjoints = pages_->spare_adjoints;
  adjoints.assign(std::size_t{last} + 1, T(0));
  adjoints[last] = cotangent;
  detail::runs_down(storage(), first, last, [&](const RunOf<T>& run) {
    if (run.kernel->leaves == 0) return;
    const auto& kernel = static_cast<const KernelOf<T>&>(*run.kernel);
    kernel.walk_back(run.first, run.first + run.count,
                     run.leaves + run.count * static_cast<std::size_t>(kernel.leaves),
                     run.constants + run.count * static_cast<std::size_t>(kernel.constants),
                     storage().values.begin(), adjoints.data());
  });
  std::vector<T> slopes;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    slopes.push_back(adjoints[xs[i].id()]);
    if (is_zero(slopes.back())) refuse_apart(last, xs[i].id(), i);
  }
  return slopes;
}

// An Error if no operand of y's, or of theirs, is x.
template <class T>
void BasicTape<T>::refuse_apart(NodeId y, NodeId x, std::size_t i) const {
  std::vector<bool> depends(std::size_t{std::max(x, y)} + 1);
  depends[x] = true;
  detail::runs_up(storage(), x, y, [&](const RunOf<T>& run) {
    const auto leaves = static_cast<std::size_t>(run.kernel->leaves);
    for (std::size_t k = 0; k < run.count * leaves; ++k)
      if (depends[run.leaves[k]]) depends[run.first + k / leaves] = true;
  });
  if (!depends[y]) refuse("gradient", "y (node {}) does not depend on x[{}] (node {})", y, i, x);
}

}  // namespace tapestry
