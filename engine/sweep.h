// One reverse walk over a stretch of the tape: which nodes take part, and the adjoints gathered so
// far. With `recorded` the adjoints are tracked themselves, so that they can be differentiated
// again.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/accumulate.h"
#include "engine/anomaly.h"
#include "engine/tape.h"
#include "engine/tape_storage.h"

namespace tapestry::detail {

// Thrown by a vjp that must differentiate its adjoints, of an op that says so, in a sweep that does
// not record them: it is run again, recorded.
struct SweepNotRecorded {};

class Sweep {
 public:
  // Over ids [first, last]. `targets` lie within; they and what depends on them are active. They
  // must outlive the sweep.
  Sweep(Tape& tape, NodeId first, NodeId last, std::span<const NodeId> targets, bool recorded);
  ~Sweep();
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  // Walks from last to first, having been given the adjoint of `last`. With `release` every node
  // that is passed lets go of what it saved. Error at one that an earlier walk released.
  void run(bool release = false);

  Tape& tape() const { return tape_; }
  bool recorded() const { return recorded_; }
  // A node takes part whose op differentiates adjoints.
  bool may_be_recorded() const { return may_be_recorded_; }
  // Every node that takes part lets go of what it saved.
  void release();
  // Whether a node takes part. Where there are scalars only, all do: to find out costs more.
  bool active(NodeId id) const {
    return id >= first_ && id <= last_ && (marks_.empty() || marks_[id - first_] & kActive);
  }
  // Whether y depends on a target, found out.
  bool is_linked();

  // Tensors. A contribution is summed down to the operand's shape and added to what is there.
  void give(NodeId id, Tensor contribution);
  const Tensor& tensor(NodeId id) const { return tensors_[id - first_]; }
  // The same for its last reader, who may overwrite it if nobody shares it.
  Tensor take(NodeId id) {
    Tensor& adjoint = tensors_[id - first_];
    return marks_[id - first_] & kTarget ? adjoint : std::move(adjoint);
  }

  // Scalars, as double or, in a recorded sweep, as Scalar.
  template <class Number>
  void add(NodeId id, const Number& contribution) {
    if (!active(id)) return;
    if constexpr (std::is_same_v<Number, double>)
      adjoints_.data()[id] += contribution;
    else
      scalars_[id - first_] = accumulate(scalars_[id - first_], contribution);
  }
  template <class Number>
  Number number(NodeId id) const {
    if constexpr (std::is_same_v<Number, double>)
      return adjoints_.data()[id];
    else
      return scalars_[id - first_];
  }
  // For kernels of statements: values and adjoints by id. Those of nodes before the walk's are
  // there, too, and mean nothing.
  const double* values() const { return tape_.storage().values.begin(); }
  double* adjoints() { return adjoints_.data(); }
  // For who watches: what this walk has made that is not finite.
  Births& births() { return births_; }
  // The value of a scalar node, in a recorded sweep as an active scalar.
  template <class Number>
  Number value(NodeId id) const {
    if constexpr (std::is_same_v<Number, double>)
      return tape_.scalar_value(id);
    else
      return {tape_.scalar_value(id), tape_.epoch(), id};
  }

 private:
  enum Mark : std::uint8_t { kActive = 1, kTarget = 2 };

  void mark();
  void reverse(NodeId id, bool release);
  void reverse(Run run);
  void watch_reverse(Run run);
  double adjoint_of(NodeId scalar) const;

  Tape& tape_;
  const NodeId first_, last_;
  const bool recorded_;
  bool may_be_recorded_ = false;
  const std::span<const NodeId> targets_;
  std::vector<std::uint8_t> marks_;
  std::vector<Tensor> tensors_;
  Adjoints<double> adjoints_;  // of scalars, in a plain walk
  std::vector<Scalar> scalars_;
  Births births_;
};

// The plain walk over ids [first, last] of a tape that has scalars alone, by what adjoints are
// given.
void walk_scalars(const TapeStorage& storage, NodeId first, NodeId last, double* adjoints);

}  // namespace tapestry::detail
