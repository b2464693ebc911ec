// Features on one scale: mean 0, variance 1. Measured on the training part alone, so that nothing
// of the part held out leaks into what is learned.
#pragma once

#include "engine/tensor.h"
#include "nn/data/dataset.h"

namespace tapestry::nn {

struct FeatureScale {
  Tensor mean;       // (features,), f32
  Tensor deviation;  // (features,), f32: the root of the mean square distance; 1 for a constant
                     // feature
};

// Error when the inputs are not f32 of shape (N, features) with N > 0.
FeatureScale feature_scale(const Dataset& training);

// Inputs (x - mean) / deviation. Error when the inputs are not f32 with as many features.
Dataset standardized(const Dataset& dataset, const FeatureScale& scale);

// Both parts on the scale of the training part.
Split standardized(const Split& parts);

}  // namespace tapestry::nn
