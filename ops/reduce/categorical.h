// Random classes.
#pragma once

#include "engine/tensor/rng.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

// Draws classes with probabilities softmax(logits), the last axis being the classes: i64 of shape
// `shape` followed by the other axes of logits. One position of the generator a draw, the same for
// any number of threads. -inf is never drawn; +inf takes all, shared evenly. A row with NaN gives
// -1, which is no index. Not differentiable. Under vmap every example meets the same random
// numbers. Errors: integers, no class, a row of nothing but -inf.
Tensor categorical(const Tensor& logits, const Shape& shape, Rng& rng, detail::Site site = {});
inline Tensor categorical(const Tensor& logits, Rng& rng, detail::Site site = {}) {
  return categorical(logits, {}, rng, site);
}

}  // namespace tapestry
