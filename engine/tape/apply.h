// The one door through which an operation is executed: forward on plain numbers, then one line
// on the tape.
#pragma once

#include <array>
#include <initializer_list>
#include <vector>

#include "engine/tape/anomaly.h"
#include "engine/tape/op.h"
#include "engine/tape/tape.h"

namespace tapestry::detail {

// An escape watch is on: what a kernel reads does not escape, except for numbers without
// history.
void note_operands(const Op& op, Inputs inputs);
void forward_watched(const Op& op, Inputs inputs, const void* attributes,
                     std::span<Tensor> outputs);

inline void execute(const Op& op, Inputs inputs, const void* attributes,
                    std::span<Tensor> outputs) {
  if (context.anomaly_watch) [[unlikely]]
    watch_forward(op, inputs, attributes, outputs);
  else if (context.escapes) [[unlikely]]
    forward_watched(op, inputs, attributes, outputs);
  else
    op.forward(inputs, attributes, outputs);
  if (Tape* tape = recording_tape()) tape->record(op, inputs, attributes, outputs);
}

template <class D>
Tensor apply(std::initializer_list<const Tensor*> inputs, const AttributesOf<D>& attributes = {}) {
  Tensor output;
  execute(op_of<D>, Inputs({inputs.begin(), inputs.size()}), &attributes, {&output, 1});
  return output;
}

// Any number of operands.
template <class D>
Tensor apply(const std::vector<Tensor>& inputs, const AttributesOf<D>& attributes = {}) {
  std::vector<const Tensor*> pointers;
  for (const Tensor& input : inputs) pointers.push_back(&input);
  Tensor output;
  execute(op_of<D>, Inputs(pointers), &attributes, {&output, 1});
  return output;
}

// Any number of results.
template <class D>
std::vector<Tensor> apply_many(std::initializer_list<const Tensor*> inputs, std::size_t count,
                               const AttributesOf<D>& attributes = {}) {
  std::vector<Tensor> outputs(count);
  execute(op_of<D>, Inputs({inputs.begin(), inputs.size()}), &attributes, outputs);
  return outputs;
}

}  // namespace tapestry::detail
