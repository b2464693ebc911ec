// What passed through each layer of a network in one step, forward and backward, as text.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::tools {

// How much is told of a step: its loss; activations and gradients; weights and biases as well.
enum class Detail { none, losses, gradients, everything };

// -v, -vv, -vvv.
Detail detail_of(int verbosity);

struct LayerReport {
  struct Parameter {
    std::string name;
    Tensor value, gradient;
  };
  std::string name;
  Tensor activation, gradient;  // its output, and the gradient of the loss by that
  std::vector<Parameter> parameters;
};

struct StepReport {
  std::int64_t step = 0;  // from 1, over all epochs
  double loss = 0;
  std::vector<LayerReport> layers;  // empty unless Detail::gradients or more was asked for
};

void write_step(std::ostream& out, const StepReport& report, Detail detail);

}  // namespace tapestry::tools
