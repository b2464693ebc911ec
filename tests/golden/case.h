// What other libraries computed: calls of ops with their values and derivatives, read from
// data/FAMILY.jsonl, which make.py wrote.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::golden {

using Numbers = std::vector<double>;

struct Block {
  DType dtype;
  Shape shape;
  Numbers numbers;  // row-major
};

// With L = <weights, values>: dL/dx for each floating input, and the derivative of
// <directions, dL/dx> with respect to each.
struct Case {
  std::string name, op, by;  // by: "torch", "jax" or "torch+jax"
  nlohmann::json attributes;
  std::vector<Block> inputs, values;  // floating ones say f64
  std::vector<Numbers> weights, gradients, directions, seconds;
};

// Error when a line is not what make.py writes, or when lines are missing.
std::vector<Case> read_cases(const std::string& path);

}  // namespace tapestry::golden
