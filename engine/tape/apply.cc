#include "engine/tape/apply.h"

#include "engine/tape/op_clock.h"
#include "engine/tensor/escapes.h"

namespace tapestry::detail {

void note_operands(const Op& op, Inputs inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!inputs[i].is_tracked())
      note_reading(inputs[i]);
    else if (context.note_use && op.differentiable)
      context.note_use(inputs[i]);
}

void refuse_operands(const Op& op, std::size_t count) {
  refuse(op.name, "it has {} operands; {} were given", op.arity, count);
}
void refuse_output(const Op& op, std::size_t number) {
  refuse(op.name, "its forward made no output {}", number);
}

void execute_watched(const Op& op, Inputs inputs, const void* attributes,
                     std::span<Tensor> outputs) {
  Timing timing(op.name, false);
  if (context.anomaly_watch) {
    watch_forward(op, inputs, attributes, outputs);
  } else if (context.escapes) {
    note_operands(op, inputs);
    const UnwatchedReading kernel;
    op.forward(inputs, attributes, outputs);
  } else {
    op.forward(inputs, attributes, outputs);
  }
  check_outputs(op, outputs);
  timing.executed(op, inputs, attributes, outputs);
  if (Tape* tape = recording_tape()) tape->record(op, inputs, attributes, outputs);
  if (!outputs.empty()) timing.at(outputs[0].epoch(), outputs[0].id());
}

}  // namespace tapestry::detail
