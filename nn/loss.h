// Losses: one number for how far a prediction is from its target.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::nn {

enum class Reduction { mean, sum, none };

struct LossOptions {
  Reduction reduction = Reduction::mean;
};

// (prediction - target)^2, over all elements. The shapes must be equal: nothing is broadcast.
Tensor mse_loss(const Tensor& prediction, const Tensor& target, const LossOptions& options = {},
                detail::Site site = {});

// -log softmax(logits)[label], for logits (N, classes) and i64 labels (N,) in [0, classes); over
// the N rows.
Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const LossOptions& options = {},
                     detail::Site site = {});

}  // namespace tapestry::nn
