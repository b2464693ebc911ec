// The network of the tutorial, in doubles: 2 inputs, 2 hidden units, 2 outputs, ReLU after each
// layer, loss 1/2 |y - t|^2, gradient descent. W[p][q] leads from source unit p to target unit q.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace tapestry::tools {

// Plain numbers with a name: W1, b1, ...
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

struct Tutorial {
  Tensor x, target;
  double learning_rate;
  NamedTensors parameters;  // W1, b1, W2, b2
};

// As the tutorial starts it. The biases start equal within a layer and are learned one by one.
Tutorial tutorial_start();

// ---- number by number: every number is a node with a name ----

// A vector or a matrix of scalars, x or W1, with elements x1, x2 or W1[1,1], W1[1,2], ...
struct Quantity {
  std::string name;
  Shape shape;
  std::vector<Scalar> elements;  // row-major

  Tensor value() const;
};

// One forward pass: u = b1 + x W1, h = relu(u), v = b2 + h W2, y = relu(v), e = y - t, l = 1/2
// |e|^2.
struct ScalarPass {
  std::vector<Quantity> given;       // x, t
  std::vector<Quantity> parameters;  // W1, b1, W2, b2
  std::vector<Quantity> results;     // u, h, v, y, e
  Scalar loss;

  const Quantity& result(std::string_view name) const;
};

// Recorded on `tape`, which must be the one that records.
ScalarPass scalar_pass(Tape& tape, const Tutorial& tutorial);

// ---- the same as tensors: the picture of the network ----

struct TensorPass {
  std::vector<Tensor> parameters;  // W1, b1, W2, b2
  Tensor h, y, loss;
};

TensorPass tensor_pass(Tape& tape, const Tutorial& tutorial);

}  // namespace tapestry::tools
