// Features on one scale: mean 0, variance 1. Measured on the training part alone, so that nothing
// of the part held out leaks into what is learned. Inputs are f32 or f64; results are f32. All is
// computed in a wider type, so that finite numbers of any size stay finite: f64 inputs that f32
// cannot tell apart, such as time stamps, are told apart by the result.
#pragma once

#include "engine/tensor/tensor.h"
#include "nn/data/dataset.h"

namespace tapestry::nn {

struct FeatureScale {
  Tensor mean;       // (features,), f64
  Tensor deviation;  // (features,), f64: the root of the mean square distance, above 0; 1 for a
                     // constant feature
};

// Error when the inputs are not floating of shape (N, features) with N > 0.
FeatureScale feature_scale(const Dataset& training, detail::Site site = {});

// Inputs (x - mean) / deviation as f32; what lies beyond f32 becomes its largest number. Error when
// the inputs are not floating with as many features as the scale, or a deviation is not above 0.
Dataset standardized(const Dataset& dataset, const FeatureScale& scale, detail::Site site = {});

// Both parts on the scale of the training part.
Split standardized(const Split& parts, detail::Site site = {});

}  // namespace tapestry::nn
