// Where the first number that is not finite was born. While a DetectAnomaly lives, every operation
// on this thread is looked at as it is executed, forward and in reverse sweeps, and the first to
// make a NaN or an infinity from finite operands is refused by an Error that names the operation,
// its operands' shapes and ranges, the line of the user's call and the name scope.
//
//   const DetectAnomaly watch;
//   Tensor loss = model(x);        // [log] made -inf (2 of 6 elements) from ...
//
// It reads every result once more, so it is for finding out, not for every day. What an operation's
// forward pass or its rule make in between is their own affair. A value that a mask hides later is
// reported like any other; an adjoint only if it reaches a result of the sweep.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/tape/op.h"
#include "engine/tape/tape.h"

namespace tapestry {

struct AnomalyOptions {
  bool infinities = true;  // otherwise NaN alone
};

class DetectAnomaly {
 public:
  explicit DetectAnomaly(AnomalyOptions options = {}) : options_(options) {}

 private:
  AnomalyOptions options_;
  detail::Ambient<&detail::Context::anomaly_watch, &Tape::refresh> watch_{&options_};
};

namespace detail {

class Pushforward;

// Carries out an operation's forward pass and looks at its results.
void watch_forward(const Op& op, Inputs inputs, const void* attributes, std::span<Tensor> outputs);
// A variable or a constant is put on a tape: NaN in it is refused here.
void watch_leaf(const Tensor& value, std::string_view name);
// The same for a sweep's first adjoint, where the user gave it.
void watch_cotangent(const Tensor& cotangent);
// Forward mode has carried tangents through an operation.
void watch_tangents(const Pushforward& pushforward);
// A scalar statement made a value of the values of its operands.
void watch_statement(std::string_view op, double value, std::span<const double> numbers);

// What was born in one sweep, or where a sweep's record is recomputed, and the nodes whose
// adjoints, or results, it has reached.
class Births {
 public:
  // A vjp gives this to an operand; it read these adjoints and saved tensors.
  void contributed(const TensorNode& node, int operand, const Tensor& contribution,
                   std::span<const Tensor> adjoints);
  // A scalar statement of that adjoint gave these to its operands, by id as the values are.
  void contributed(const RunOf<double>& statement, const double* values, double adjoint,
                   std::span<const double> given) const;
  // A step of a recorded rule made these.
  void stepped(const TensorNode& node, Inputs inputs, std::span<const Tensor> outputs);
  // These are results of the sweep: Error for the first birth that reached one of them.
  void tell(std::span<const NodeId> results) const;

 private:
  // The first birth in any of these nodes; how many births there are, where there is none.
  std::size_t first_in(std::span<const NodeId> nodes) const;
  void reach(NodeId node, std::size_t birth);

  std::vector<Error> births_;              // in the order of the sweep
  std::map<NodeId, std::size_t> reached_;  // the first birth in each node
};

}  // namespace detail

}  // namespace tapestry
