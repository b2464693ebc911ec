#include "nn/data/batches.h"

#include <algorithm>
#include <utility>

#include "engine/tensor/factory.h"
#include "ops/layout/index.h"

namespace tapestry::nn {
using namespace detail;
namespace {

// Rows [first, last) of a contiguous tensor, sharing its numbers.
Tensor stretch(const Tensor& x, std::int64_t first, std::int64_t last) {
  Shape shape = x.shape();
  shape[0] = last - first;
  return x.view(shape, x.strides(), first * x.strides()[0]);
}

}  // namespace

Batches::Batches(Dataset dataset, std::int64_t batch_size, std::uint64_t seed, BatchOptions options,
                 Site site)
    : dataset_(std::move(dataset)), batch_size_(batch_size), seed_(seed), options_(options) {
  const CallSite call(site);
  if (batch_size < 1) refuse("Batches", "the batch size is {}; expected at least 1", batch_size);
  const Tensor &inputs = dataset_.inputs, &labels = dataset_.labels;
  if (inputs.rank() == 0 || labels.rank() == 0 || inputs.shape()[0] != labels.shape()[0]) {
    refuse("Batches", "inputs {} and labels {}; expected one label for each row", inputs.shape(),
           labels.shape());
  }
  dataset_.inputs = detach(inputs.contiguous());
  dataset_.labels = detach(labels.contiguous());
}

Batches::Batches(Dataset dataset, std::int64_t batch_size, Rng& rng, BatchOptions options,
                 Site site)
    : Batches(std::move(dataset), batch_size, rng.next(), options, site) {}

std::int64_t Batches::size() const {
  const std::int64_t rounding = options_.drop_last ? 0 : batch_size_ - 1;
  return (dataset_.size() + rounding) / batch_size_;
}

Batches::Epoch Batches::epoch(std::int64_t number) const { return Epoch(Iterator(*this, number)); }

Batches::Iterator Batches::begin() { return {*this, next_epoch_++}; }

Batches::Iterator::Iterator(const Batches& batches, std::int64_t epoch) : batches_(&batches) {
  if (!batches.options_.shuffle) return;
  Rng rng{Rng{batches.seed_}.at(static_cast<std::uint64_t>(epoch))[0]};
  const std::int64_t rows = batches.dataset_.size();
  order_ = from_vector(permutation(rows, rng), {rows});
}

Batch Batches::Iterator::operator*() const {
  const Dataset& data = batches_->dataset_;
  const std::int64_t first = position_ * batches_->batch_size_;
  const std::int64_t last = std::min(first + batches_->batch_size_, data.size());
  if (!order_.defined())
    return {stretch(data.inputs, first, last), stretch(data.labels, first, last)};
  const Tensor rows = stretch(order_, first, last);
  return {take(data.inputs, rows), take(data.labels, rows)};
}

}  // namespace tapestry::nn
