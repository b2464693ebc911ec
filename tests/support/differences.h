// An oracle for derivatives: extrapolated central differences in double.
#pragma once

#include <functional>
#include <vector>

#include "engine/engine.h"
#include "ops/transform/gradcheck.h"

namespace tapestry::test {

using tapestry::difference;

// d f / d inputs[which] for a function of f64 tensors to one number; the shape of that input.
Tensor difference(const std::function<double(const std::vector<Tensor>&)>& f,
                  const std::vector<Tensor>& inputs, std::size_t which);

// max |a - b| / (1 + max |b|); infinity when shapes differ or a number is not finite.
double distance(const Tensor& a, const Tensor& b);

}  // namespace tapestry::test
