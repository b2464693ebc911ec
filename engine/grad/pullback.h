// What the vjp of an op sees: the adjoints of its outputs, the tensors it declared in saves(), the
// shapes of its operands. It answers with give(): contributions may have any shape that broadcasts
// from the operand's; the sweep sums them down, so no rule ever undoes a broadcast.
#pragma once

#include <list>

#include "engine/tape/tape.h"

namespace tapestry::detail {

class Sweep;

class Pullback {
 public:
  Pullback(Sweep& sweep, const TensorNode& node) : sweep_(sweep), node_(node) {}

  const Tensor& cotangent(
      int output = 0) const;  // not defined() when nothing flowed back to that output
  // The same for a rule's last use: its numbers may be overwritten if no other handle shares them.
  Tensor take_cotangent(int output = 0);
  // Some tape follows this sweep, so that the rule's operations must be differentiable ones.
  bool followed() const { return recording_tape() != nullptr; }
  bool wants(int operand) const;  // someone asks for this operand's adjoint
  int operand_count() const { return static_cast<int>(node_.operand_count); }
  const Tensor& input(int operand) const { return saved(save_input(operand)); }
  const Tensor& output(int k = 0) const { return saved(save_output(k)); }
  Shape input_shape(int operand) const;
  DType input_dtype(int operand) const;
  const OutputType& output_type(int k = 0) const { return node_.types[k]; }
  template <class Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(node_.attributes);
  }
  const TensorNode& node() const { return node_; }
  Sweep& sweep() const { return sweep_; }

  // Adds to the operand's adjoint. Error for a contribution of another dtype, or of a shape that
  // the operand's does not broadcast to.
  void give(int operand, Tensor contribution);

 private:
  const Tensor& saved(SaveMask bit) const;
  NodeId output_id(int output) const;    // Error, as below, where there is none
  NodeId operand_id(int operand) const;  // in the name of the op
  // Summed down to the operand's shape. Error where that cannot be.
  Tensor fitted(int operand, const Tensor& contribution) const;

  Sweep& sweep_;
  const TensorNode& node_;
  mutable std::list<Tensor> lent_;  // saved tensors as the outer tapes know them
};

}  // namespace tapestry::detail
