// A network in one word: mlp:784-128-10 is Linear(784, 128), ReLU, Linear(128, 10).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/rng.h"
#include "nn/sequential.h"

namespace tapestry::tools {

struct ModelSpec {
  std::vector<std::int64_t> widths;  // of the input, the hidden layers, the output

  std::int64_t inputs() const { return widths.front(); }
  std::int64_t outputs() const { return widths.back(); }
};

// UsageError that says what is wrong with the text.
ModelSpec parse_model(const std::string& text);

// Fresh parameters from rng, named 0.weight, 0.bias, 2.weight, ...
nn::Sequential make_model(const ModelSpec& spec, Rng& rng);

}  // namespace tapestry::tools
