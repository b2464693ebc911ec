#include "nn/data/standardize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/tensor/factory.h"

namespace tapestry::nn {
using namespace detail;
namespace {

// Squares and sums of doubles neither overflow nor vanish in it.
using Wide = long double;
static_assert(std::numeric_limits<Wide>::max_exponent >
              2 * std::numeric_limits<double>::max_exponent);

void require_table(const Tensor& inputs) {
  if (!is_floating(inputs.dtype()) || inputs.rank() != 2) {
    refuse("standardize",
           "the inputs are {} of shape {}; expected f32 or f64 of shape (rows, features)",
           inputs.dtype(), inputs.shape());
  }
}

// Calls f(feature, value) for every number of a table, row by row.
template <class T, class F>
void for_each_of(const Tensor& table, F&& f) {
  const Tensor rows = table.contiguous();
  const auto features = static_cast<std::size_t>(rows.shape()[1]);
  const T* row = rows.data<T>();
  for (std::int64_t i = 0; i < rows.shape()[0]; ++i, row += features)
    for (std::size_t j = 0; j < features; ++j) f(j, static_cast<Wide>(row[j]));
}

template <class F>
void for_each(const Tensor& table, F&& f) {
  table.dtype() == DType::f32 ? for_each_of<float>(table, f) : for_each_of<double>(table, f);
}

// What the inputs' dtype cannot tell from the mean is rounding, not spread.
double rounding(DType dtype) {
  return dtype == DType::f32 ? double{std::numeric_limits<float>::epsilon()}
                             : std::numeric_limits<double>::epsilon();
}

}  // namespace

FeatureScale feature_scale(const Dataset& training, Site site) {
  const CallSite call(site);
  require_table(training.inputs);
  if (training.size() == 0) refuse("standardize", "there are no rows to measure");
  const auto count = static_cast<Wide>(training.size());
  const Shape shape{training.inputs.shape()[1]};
  const auto features = static_cast<std::size_t>(shape[0]);

  std::vector<Wide> mean(features), variance(features);
  for_each(training.inputs, [&](std::size_t j, Wide x) { mean[j] += x; });
  for (Wide& m : mean) m /= count;
  for_each(training.inputs,
           [&](std::size_t j, Wide x) { variance[j] += (x - mean[j]) * (x - mean[j]); });

  std::vector<double> means(features), deviations(features);
  for (std::size_t j = 0; j < features; ++j) {
    const Wide deviation = std::sqrt(variance[j] / count);
    const bool constant = deviation <= std::abs(mean[j]) * rounding(training.inputs.dtype());
    means[j] = static_cast<double>(mean[j]);
    deviations[j] = constant ? 1
                             : std::max(static_cast<double>(deviation),
                                        std::numeric_limits<double>::denorm_min());
  }
  return {from_vector(means, shape), from_vector(deviations, shape)};
}

Dataset standardized(const Dataset& dataset, const FeatureScale& scale, Site site) {
  const CallSite call(site);
  require_table(dataset.inputs);
  if (scale.mean.size() != dataset.inputs.shape()[1] ||
      scale.deviation.size() != scale.mean.size()) {
    refuse("standardize", "the inputs have shape {}; expected {} features, as the scale has",
           dataset.inputs.shape(), scale.mean.size());
  }
  const std::vector<double> mean = scale.mean.to_vector(), deviation = scale.deviation.to_vector();
  for (std::size_t j = 0; j < deviation.size(); ++j)
    if (!(deviation[j] > 0))
      refuse("standardize", "the deviation of feature {} is {}; expected a number above 0", j,
             deviation[j]);

  constexpr Wide kLargest = std::numeric_limits<float>::max();
  Dataset result = dataset;
  result.inputs = Tensor::uninitialized(dataset.inputs.shape(), DType::f32);
  auto* out = result.inputs.mutable_data<float>();
  for_each(dataset.inputs, [&](std::size_t j, Wide x) {
    const Wide z = (x - static_cast<Wide>(mean[j])) / static_cast<Wide>(deviation[j]);
    *out++ = static_cast<float>(std::clamp(z, -kLargest, kLargest));
  });
  return result;
}

Split standardized(const Split& parts, Site site) {
  const CallSite call(site);
  const FeatureScale scale = feature_scale(parts.train);
  return {standardized(parts.train, scale), standardized(parts.test, scale)};
}

}  // namespace tapestry::nn
