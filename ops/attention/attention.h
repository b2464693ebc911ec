// Attention: for each query the mean of the values, weighted by how well their keys fit.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"

namespace tapestry {

struct AttentionOptions {
  // Of a shape that broadcasts to (..., L, S). Boolean: true where a query may attend to a key.
  // Floating: added to the scores, and differentiable; -inf where a query may not attend.
  Tensor mask = {};
  bool causal = false;               // query i attends to the keys 0 to i only
  std::optional<double> scale = {};  // of the scores; 1 / sqrt(E) if not given
};

// softmax(q k^T * scale) v: queries (..., L, E), keys (..., S, E), values (..., S, F) ->
// (..., L, F); the axes before the last two broadcast. A query that may attend to no key gets 0,
// and its gradients are 0. A weight of 0 is a factor like others: keys and values that a query may
// not attend to must be finite. Vaswani et al., Attention Is All You Need, 2017.
//
// f32 and f64; any strides; differentiable to any order. Forward and gradient compute the weights
// of some queries at a time, so that they stay in the cache, and memory grows with L + S; not so
// with a floating mask, in forward mode, and where the gradient is recorded. Error where shapes do
// not fit, and where q, k and v are all integers.
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const AttentionOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
