#include "nn/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/tensor/factory.h"
#include "ops/layout/index.h"
#include "ops/layout/indices.h"

namespace tapestry::nn {
using namespace detail;

Dataset Dataset::subset(std::span<const std::int64_t> rows, Site site) const {
  const CallSite call(site);
  const Tensor chosen = tensor(rows, DType::i64);
  require_range("subset", chosen, size());
  return {name, take(inputs, chosen), take(labels, chosen), classes, class_names, notes};
}

std::string Dataset::class_name(std::int64_t label, Site site) const {
  const CallSite call(site);
  if (label < 0 || label >= classes)
    refuse("dataset", "{} has no class {}; expected 0 to {}", name, label, classes - 1);
  const auto i = static_cast<std::size_t>(label);
  return i < class_names.size() ? class_names[i] : std::to_string(label);
}

Split split(const Dataset& dataset, double fraction, std::uint64_t seed, Site site) {
  const CallSite call(site);
  const std::int64_t count = dataset.size();
  if (!(fraction >= 0 && fraction <= 1))
    refuse("split", "the fraction {} is not in [0, 1]", fraction);
  const std::int64_t held_out = std::llround(fraction * static_cast<double>(count));
  if (held_out == 0 || held_out == count) {
    refuse("split", "{} of {} rows holds out {}; expected at least one row in each part", fraction,
           count, held_out);
  }

  if (dataset.labels.dtype() != DType::i64 || dataset.labels.shape() != Shape{count}) {
    refuse("split", "the labels are {} of shape {}; expected i64 of shape {}",
           dataset.labels.dtype(), dataset.labels.shape(), Shape{count});
  }

  Rng rng{seed};
  const std::vector<std::int64_t> order = permutation(count, rng);
  const Tensor labels = dataset.labels.contiguous();
  const auto* label = labels.data<std::int64_t>();

  // With equal classes side by side, rows held out at even distances fall on each class in
  // proportion.
  std::vector<std::int64_t> by_class = order;
  std::stable_sort(by_class.begin(), by_class.end(),
                   [&](std::int64_t a, std::int64_t b) { return label[a] < label[b]; });
  std::vector<bool> is_held_out(order.size());
  for (std::int64_t i = 0; i < count; ++i) {
    is_held_out[static_cast<std::size_t>(by_class[static_cast<std::size_t>(i)])] =
        (i + 1) * held_out / count > i * held_out / count;
  }

  std::vector<std::int64_t> train, test;
  for (const std::int64_t row : order)
    (is_held_out[static_cast<std::size_t>(row)] ? test : train).push_back(row);
  return {dataset.subset(train), dataset.subset(test)};
}

}  // namespace tapestry::nn
