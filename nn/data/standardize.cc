#include "nn/data/standardize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tapestry::nn {
using namespace detail;
namespace {

void require_table(const Tensor& inputs) {
  if (inputs.dtype() != DType::f32 || inputs.rank() != 2) {
    refuse("standardize", "the inputs are {} of shape {}; expected f32 of shape (rows, features)",
           inputs.dtype(), inputs.shape());
  }
}

// Calls f(feature, value) for every number of a table, row by row.
template <class F>
void for_each(const Tensor& table, F&& f) {
  const Tensor rows = table.contiguous();
  const auto features = static_cast<std::size_t>(rows.shape()[1]);
  const float* row = rows.data<float>();
  for (std::int64_t i = 0; i < rows.shape()[0]; ++i, row += features)
    for (std::size_t j = 0; j < features; ++j) f(j, row[j]);
}

}  // namespace

FeatureScale feature_scale(const Dataset& training) {
  require_table(training.inputs);
  if (training.size() == 0) refuse("standardize", "there are no rows to measure");
  const auto count = static_cast<double>(training.size());
  const Shape shape{training.inputs.shape()[1]};
  const auto features = static_cast<std::size_t>(shape[0]);

  std::vector<double> mean(features), variance(features);
  for_each(training.inputs, [&](std::size_t j, double x) { mean[j] += x; });
  for (double& m : mean) m /= count;
  for_each(training.inputs,
           [&](std::size_t j, double x) { variance[j] += (x - mean[j]) * (x - mean[j]); });

  FeatureScale scale{Tensor::uninitialized(shape, DType::f32),
                     Tensor::uninitialized(shape, DType::f32)};
  for (std::size_t j = 0; j < features; ++j) {
    const double deviation = std::sqrt(variance[j] / count);
    // What f32 cannot tell from the mean is rounding, not spread.
    const bool constant = deviation <= std::abs(mean[j]) * std::numeric_limits<float>::epsilon();
    scale.mean.mutable_data<float>()[j] = static_cast<float>(mean[j]);
    scale.deviation.mutable_data<float>()[j] = constant ? 1.0F : static_cast<float>(deviation);
  }
  return scale;
}

Dataset standardized(const Dataset& dataset, const FeatureScale& scale) {
  require_table(dataset.inputs);
  if (scale.mean.size() != dataset.inputs.shape()[1]) {
    refuse("standardize", "the inputs have shape {}; expected {} features, as the scale has",
           dataset.inputs.shape(), scale.mean.size());
  }
  Dataset result = dataset;
  result.inputs = Tensor::uninitialized(dataset.inputs.shape(), DType::f32);
  const auto* mean = scale.mean.data<float>();
  const auto* deviation = scale.deviation.data<float>();
  auto* out = result.inputs.mutable_data<float>();
  for_each(dataset.inputs, [&](std::size_t j, float x) { *out++ = (x - mean[j]) / deviation[j]; });
  return result;
}

Split standardized(const Split& parts) {
  const FeatureScale scale = feature_scale(parts.train);
  return {standardized(parts.train, scale), standardized(parts.test, scale)};
}

}  // namespace tapestry::nn
