// Gradient descent on the tutorial's network: what each step computed, and where it led.
#pragma once

#include <vector>

#include "tools/tutorial/tutorial.h"

namespace tapestry::tools {

// Forward and backward through the network as it stands.
struct Derivation {
  double loss = 0;
  NamedTensors activations;  // h, y
  NamedTensors gradients;    // of W1, b1, W2, b2, h, y
};

Derivation derive(const Tutorial& tutorial);

// Its gradients, of a pass that `tape` still holds.
Derivation derive(const ScalarPass& pass);

// The network after one step along -gradient.
Tutorial descended(const Tutorial& tutorial, const Derivation& derivation);

// The value of that name. Error when there is none.
const Tensor& named(const NamedTensors& tensors, std::string_view name);

}  // namespace tapestry::tools
