// An oracle for derivatives: central differences in double, extrapolated by Richardson's method.
#pragma once

#include <functional>
#include <vector>

#include "engine/engine.h"

namespace tapestry::test {

// df/dx for a function of one number.
double difference(const std::function<double(double)>& f, double x);

// d f / d inputs[which] for a function of f64 tensors to one number; the shape of that input.
Tensor difference(const std::function<double(const std::vector<Tensor>&)>& f,
                  const std::vector<Tensor>& inputs, std::size_t which);

// max |a - b| / (1 + max |b|); infinity when shapes differ or a number is not finite.
double distance(const Tensor& a, const Tensor& b);

}  // namespace tapestry::test
