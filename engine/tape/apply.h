// The one door through which an operation is executed: forward on plain numbers, then one line
// on the tape.
#pragma once

#include <vector>

#include "engine/tape/anomaly.h"
#include "engine/tape/op.h"
#include "engine/tape/tape.h"

namespace tapestry::detail {

// An escape watch is on: what a kernel reads does not escape, except for numbers without
// history.
void note_operands(const Op& op, Inputs inputs);
// The same as execute() while DetectAnomaly, an escape watch or a Profile looks on.
void execute_watched(const Op& op, Inputs inputs, const void* attributes,
                     std::span<Tensor> outputs);

[[noreturn]] void refuse_operands(const Op& op, std::size_t count);
[[noreturn]] void refuse_output(const Op& op, std::size_t number);

inline void check_outputs(const Op& op, std::span<Tensor> outputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (!outputs[k].defined()) [[unlikely]]
      refuse_output(op, k);
}

inline void execute(const Op& op, Inputs inputs, const void* attributes,
                    std::span<Tensor> outputs) {
  if (context.watches_ops()) [[unlikely]]
    return execute_watched(op, inputs, attributes, outputs);
  op.forward(inputs, attributes, outputs);
  check_outputs(op, outputs);
  if (Tape* tape = recording_tape()) tape->record(op, inputs, attributes, outputs);
}

// Operands as in Inputs: apply<Op>({&x, &y}), apply<Op>(tensors).
template <class D>
void check_operands(Inputs inputs) {
  if constexpr (D::arity != kVariadic)
    if (inputs.size() != static_cast<std::size_t>(D::arity)) [[unlikely]]
      refuse_operands(op_of<D>, inputs.size());
}
template <class D>
Tensor apply(Inputs inputs, const AttributesOf<D>& attributes = {}) {
  check_operands<D>(inputs);
  Tensor output;
  execute(op_of<D>, inputs, &attributes, {&output, 1});
  return output;
}

// Any number of results.
template <class D>
std::vector<Tensor> apply_many(Inputs inputs, std::size_t count,
                               const AttributesOf<D>& attributes = {}) {
  check_operands<D>(inputs);
  std::vector<Tensor> outputs(count);
  execute(op_of<D>, inputs, &attributes, outputs);
  return outputs;
}

}  // namespace tapestry::detail
