// One reverse sweep over a part of the tape: which nodes take part, and the adjoints gathered so
// far. With `recorded` the adjoints are tracked themselves, so that they can be differentiated
// again.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/grad/accumulate.h"
#include "engine/graph/reach.h"
#include "engine/tape/anomaly.h"
#include "engine/tape/tape.h"
#include "engine/tape/tape_storage.h"

namespace tapestry::detail {

// Thrown by a vjp that must differentiate its adjoints, of an op that says so, in a sweep that does
// not record them: it is run again, recorded.
struct SweepNotRecorded {};

class Sweep {
 public:
  // From node y to `targets`, which come no later. Active are the nodes that depend on a target and
  // that y depends on, and no others are passed. The targets must outlive the sweep.
  Sweep(Tape& tape, NodeId y, std::span<const NodeId> targets, bool recorded);
  ~Sweep();
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  // Sweeps from y to the targets, having been given the adjoint of y. With `release` every node
  // that is passed lets go of what it saved. Error at one that an earlier sweep released.
  void run(bool release = false);

  Tape& tape() const { return tape_; }
  bool recorded() const { return recorded_; }
  // Every node that takes part lets go of what it saved.
  void release();
  const NodeSet& part() const { return part_; }  // the active nodes
  bool active(NodeId id) const { return part_.contains(id); }

  // Tensors. Adds a contribution of the node's shape to what is there, if the node is active.
  void give(NodeId id, Tensor contribution);
  // Not defined() where nothing came, or nothing may.
  const Tensor& tensor(NodeId id) const {
    static const Tensor none;
    return active(id) ? tensors_[part_.index(id)] : none;
  }
  // The same for its last reader, which may overwrite it if no other handle shares it.
  Tensor take(NodeId id) {
    return is_target(id) ? tensor(id) : std::move(tensors_[part_.index(id)]);
  }

  // Scalars, as double or, in a recorded sweep, as Scalar.
  template <class Number>
  void add(NodeId id, const Number& contribution) {
    if (!active(id)) return;
    if constexpr (std::is_same_v<Number, double>)
      adjoints_.data()[id] += contribution;
    else
      scalars_[part_.index(id)] = accumulate(scalars_[part_.index(id)], contribution);
  }
  template <class Number>
  Number number(NodeId id) const {
    if (!active(id)) return 0;
    if constexpr (std::is_same_v<Number, double>)
      return adjoints_.data()[id];
    else
      return scalars_[part_.index(id)];
  }
  // To an element of a tensor, by its row-major position. Contributions to one tensor are gathered,
  // and given as one when the sweep comes to it.
  void add_element(NodeId tensor, std::size_t position, double contribution);
  void add_element(NodeId tensor, std::size_t position, const Scalar& contribution);

  // For kernels of statements: values and adjoints by id. Those of nodes that are not active are
  // there, too, and mean nothing.
  const double* values() const { return tape_.storage().values.begin(); }
  double* adjoints() { return adjoints_.data(); }
  // For who watches: what this sweep has made that is not finite.
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
  void run_plainly(bool release);
  void run_one_by_one(bool release);
  void reverse(NodeId id, bool release);
  void reverse(Run run);
  void watch_reverse(Run run);
  void give_elements(NodeId id);
  bool is_target(NodeId id) const { return targets_.contains(id); }
  double adjoint_of(NodeId scalar) const;

  const TapeUse use_;  // ends last
  Tape& tape_;
  const bool recorded_;
  const std::span<const NodeId> wanted_;
  NodeSet part_;
  NodeSet targets_;
  std::vector<Tensor> tensors_;
  Adjoints<double> adjoints_;  // of scalars, in a plain sweep
  std::vector<Scalar> scalars_;
  std::map<NodeId, std::vector<double>> elements_;  // of tensors that the sweep has not come to
  std::map<NodeId, std::vector<Scalar>> active_elements_;
  const TensorNode* reversed_ = nullptr;  // the last one
  Births births_;
};

}  // namespace tapestry::detail
