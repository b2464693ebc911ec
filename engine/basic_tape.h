// The tape of scalars of another number type T than double: float, numbers with tangents, eight
// numbers at once, or active scalars themselves, whose tape then follows the whole of it, the walk
// back included. Statements, spans and streams are those of the Tape; there are no tensors on it,
// and it is not drawn, named or replayed.
//
// T is trivially copyable, is made from a double, and has the page's functions and what
// engine/number.h asks of it.
#pragma once

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/leaf.h"
#include "engine/number.h"
#include "engine/statement_storage.h"
#include "engine/tape.h"
#include "engine/walk.h"

namespace tapestry {

template <class T>
class BasicTape {
 public:
  // Records the BasicScalar<T> of this thread from now on. Tapes of one type nest, and the
  // innermost records; tapes of different types do not hinder each other.
  BasicTape() : storage_(std::size_t{1} << 32), outer_(innermost), outer_recording_(recording()) {
    storage_.begin(detail::fresh_epoch());
    innermost = this;
    record_on(this);
  }
  ~BasicTape() {
    BasicTape** link = &innermost;
    for (; *link && *link != this; link = &(*link)->outer_)
      if ((*link)->outer_recording_ == this) (*link)->outer_recording_ = outer_recording_;
    if (!*link) {
      std::fputs("[tape] a tape died on another thread than the one that made it\n", stderr);
      std::terminate();
    }
    *link = outer_;
    if (recording() == this) record_on(outer_recording_);
  }
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;

  // A leaf to differentiate with respect to.
  BasicScalar<T> variable(const T& value) {
    return storage_.put(detail::kVariableStatement, {}, {}, value);
  }

  // Records no more, but can still be differentiated.
  void stop() {
    if (recording() == this) record_on(outer_recording_);
  }
  // Ends this recording and starts a new, empty one. Handles of the old one become stale.
  void clear() {
    storage_.leaves.clear();
    storage_.constants.clear();
    storage_.runs.clear();
    storage_.begin(detail::fresh_epoch());
  }

  // The place that recording has reached, and the way back: handles of what was recorded since must
  // not be used any more.
  struct Mark {
    Epoch epoch = 0;
    NodeId next = 0;
    std::size_t leaves = 0, constants = 0;
  };
  Mark mark() const {
    return {epoch(), storage_.next_id(), storage_.leaves.size(), storage_.constants.size()};
  }
  // Error for a mark of another recording, or one that was itself rewound past.
  void rewind(const Mark& mark) {
    if (mark.epoch != epoch()) refuse("rewind", "the mark is of another recording");
    if (mark.next > storage_.next_id())
      refuse("rewind", "the mark stands before node {}, and the tape was rewound to node {}",
             mark.next, size());
    storage_.leaves.shrink(mark.leaves);
    storage_.constants.shrink(mark.constants);
    storage_.runs.rewind(mark.next);
    storage_.begin(mark.epoch);
    storage_.next_name += mark.next - 1;
  }

  Epoch epoch() const { return static_cast<Epoch>(storage_.next_name >> 32); }
  NodeId size() const { return storage_.size(); }
  bool owns(const BasicScalar<T>& x) const { return x.is_tracked() && x.epoch() == epoch(); }

  // This thread's living tape with that recording, or an Error in the name of `who`.
  static BasicTape& find(std::string_view who, Epoch epoch) {
    for (BasicTape* tape = innermost; tape; tape = tape->outer_)
      if (tape->epoch() == epoch) return *tape;
    detail::refuse_stale(who, "a handle");
  }
  // Operand i of a statement is of another recording than this thread's.
  [[noreturn]] static void refuse_other(std::string_view who, std::size_t i, Epoch epoch) {
    find(who, epoch);
    refuse(who,
           "operand {} is a scalar of another tape: scalars of one type do not nest, those over "
           "active scalars do",
           i);
  }
  // The tape that records on this thread now, or null.
  static BasicTape* recording() { return recording_; }

  // For statements: the node of x here, a constant if another tape or none follows it.
  NodeId id_of(const BasicScalar<T>& x) {
    if (owns(x)) return x.id();
    return storage_.put(detail::kConstantStatement, {}, {}, x.value()).id();
  }
  detail::StatementStorage<T>& storage() { return storage_; }

  // The adjoints of the walk back from y down to x number `first`.
  std::vector<T> gradient(const BasicScalar<T>& y, const std::vector<BasicScalar<T>>& xs,
                          const T& cotangent);

 private:
  static void record_on(BasicTape* tape) {
    recording_ = tape;
    detail::statement_storage<T> = tape ? &tape->storage_ : &detail::no_storage<T>;
  }
  void refuse_apart(NodeId y, NodeId x, std::size_t i) const;

  static inline constinit thread_local BasicTape* innermost = nullptr;
  static inline constinit thread_local BasicTape* recording_ = nullptr;

  detail::StatementStorage<T> storage_;
  std::vector<T> adjoints_;  // memory of the last walk, for the next
  BasicTape* outer_;
  BasicTape* outer_recording_;
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
      if (xs[i].is_tracked()) find("gradient", xs[i].epoch());
      refuse("gradient", "x[{}] is not recorded on the tape of y", i);
    }
    if (xs[i].id() > last) refuse_apart(last, xs[i].id(), i);
    first = std::min(first, xs[i].id());
  }
  // Kernels may write to the adjoints of any leaf, and to that of the node before a run.
  adjoints_.assign(std::size_t{last} + 1, T(0));
  adjoints_[last] = cotangent;
  detail::runs_down(storage_, first, last, [&](const RunOf<T>& run) {
    if (run.kernel->leaves == 0) return;
    const auto& kernel = static_cast<const KernelOf<T>&>(*run.kernel);
    kernel.walk_back(run.first, run.first + run.count,
                     run.leaves + run.count * static_cast<std::size_t>(kernel.leaves),
                     run.constants + run.count * static_cast<std::size_t>(kernel.constants),
                     storage_.values.begin(), adjoints_.data());
  });
  std::vector<T> slopes;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    slopes.push_back(adjoints_[xs[i].id()]);
    if (is_zero(slopes.back())) refuse_apart(last, xs[i].id(), i);
  }
  return slopes;
}

// An Error if no operand of y's, or of theirs, is x.
template <class T>
void BasicTape<T>::refuse_apart(NodeId y, NodeId x, std::size_t i) const {
  std::vector<bool> depends(std::size_t{std::max(x, y)} + 1);
  depends[x] = true;
  detail::runs_up(storage_, x, y, [&](const RunOf<T>& run) {
    const auto leaves = static_cast<std::size_t>(run.kernel->leaves);
    for (std::size_t k = 0; k < run.count * leaves; ++k)
      if (depends[run.leaves[k]]) depends[run.first + k / leaves] = true;
  });
  if (!depends[y]) refuse("gradient", "y (node {}) does not depend on x[{}] (node {})", y, i, x);
}

}  // namespace tapestry
