// The arithmetic of attention on plain memory, head by head: one product of queries and keys with
// its softmax and its values. Only the weights of some queries at a time exist.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

struct HeadOptions {
  double scale;
  bool causal;
};

// Operands are usable by products; `mask` is boolean, or not defined(). Their batch axes broadcast
// to those of the result.
struct HeadOperands {
  Tensor q, k, v, mask;
};

// (..., L, F).
Tensor attend(const HeadOperands& in, const Shape& batch, const HeadOptions& options);

// By the cotangent g of the result, usable as well. Of each head, (..., L, E), (..., S, E) and
// (..., S, F); not defined() where not wanted.
struct HeadGradients {
  Tensor q, k, v;
};
struct HeadWants {
  bool q, k, v;
};
HeadGradients attend_vjp(const HeadOperands& in, const Shape& batch, const HeadOptions& options,
                         const Tensor& g, HeadWants wants);

}  // namespace tapestry::detail
