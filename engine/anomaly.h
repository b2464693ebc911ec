// Where the first number that is not finite was born. While a DetectAnomaly lives, every operation
// on this thread is looked at as it is carried out, forward and in reverse walks, and the first to
// make a NaN or an infinity from finite operands is refused by an Error that names the operation,
// its operands' shapes and ranges, the line of the user's call and the name scope.
//
//   const DetectAnomaly watch;
//   Tensor loss = model(x);        // [log] made -inf (2 of 6 elements) from ...
//
// It reads every result once more, so it is for finding out, not for every day. A value that a mask
// hides later is reported like any other.
#pragma once

#include "engine/op.h"

namespace tapestry {

struct TensorNode;

struct AnomalyOptions {
  bool infinities = true;  // otherwise NaN alone
};

class DetectAnomaly {
 public:
  explicit DetectAnomaly(AnomalyOptions options = {});
  ~DetectAnomaly();
  DetectAnomaly(const DetectAnomaly&) = delete;
  DetectAnomaly& operator=(const DetectAnomaly&) = delete;

 private:
  AnomalyOptions options_;
  const AnomalyOptions* outer_;
};

namespace detail {

extern constinit thread_local const AnomalyOptions* watch;  // null when nobody watches
// The node whose vjp is being carried out, if any.
extern constinit thread_local const TensorNode* reversed;

// An operation has been carried out.
void watch_outputs(const Op& op, Inputs inputs, std::span<const Tensor> outputs);
// A variable or a constant is put on a tape: NaN in it is refused here.
void watch_leaf(const Tensor& value, std::string_view name);
// A vjp has given this to an operand; it read these adjoints and saved tensors.
void watch_contribution(const TensorNode& node, int operand, const Tensor& contribution,
                        std::span<const Tensor> adjoints);
// A scalar statement made a value of the values of its leaves, or an adjoint was given to one.
void watch_statement(std::string_view op, double value, std::span<const double> leaves);
void watch_scalar_adjoint(std::string_view op, double adjoint);

}  // namespace detail

}  // namespace tapestry
