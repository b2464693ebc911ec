// Normalization over the last axes, each row in one pass over memory, forward and back. f32 and f64
// only; any strides; differentiable to any order.
#pragma once

#include <optional>

#include "engine/tensor/tensor.h"

namespace tapestry {

// (x - mean) / sqrt(variance + eps) * weight + bias, where mean and variance (the mean of the
// squared deviations) are over the last axes, those of `normalized`. weight and bias have the shape
// `normalized`; one that is not defined() is left out. Ba et al., Layer Normalization, 2016.
Tensor layer_norm(const Tensor& x, const Shape& normalized, const Tensor& weight = {},
                  const Tensor& bias = {}, double eps = 1e-5, detail::Site site = {});

// x / sqrt(mean of squares + eps) * weight. Without eps: the distance from 1 to the next number of
// x's dtype. Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
Tensor rms_norm(const Tensor& x, const Shape& normalized, const Tensor& weight = {},
                std::optional<double> eps = {}, detail::Site site = {});

}  // namespace tapestry
