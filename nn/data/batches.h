// Mini-batches of a set, in a new order every epoch. The order follows from (seed, epoch) alone:
// the same on every machine, and a training that stopped after an epoch can go on from the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "engine/tensor/rng.h"
#include "nn/data/dataset.h"

namespace tapestry::nn {

// Plain numbers: inputs (rows, ...), labels (rows,).
struct Batch {
  Tensor inputs, labels;
};

struct BatchOptions {
  bool shuffle = true;     // without it, every epoch takes the rows as they stand, and copies none
  bool drop_last = false;  // leave out a last batch of fewer rows
};

class Batches {
 public:
  class Iterator;
  class Epoch;

  // Error when batch_size < 1 or inputs and labels differ in rows.
  Batches(Dataset dataset, std::int64_t batch_size, std::uint64_t seed = 0,
          BatchOptions options = {}, detail::Site site = {});
  // The seed is the next word of rng.
  Batches(Dataset dataset, std::int64_t batch_size, Rng& rng, BatchOptions options = {},
          detail::Site site = {});

  std::int64_t size() const;  // batches in an epoch
  const Dataset& dataset() const { return dataset_; }

  // One epoch of batches: for (const auto& [inputs, labels] : batches.epoch(3)). Counted from 0.
  Epoch epoch(std::int64_t number) const;

  // for (const auto& [inputs, labels] : batches) goes over epoch 0, the next such loop epoch 1, and
  // so on.
  Iterator begin();
  static std::default_sentinel_t end() { return {}; }
  std::int64_t epochs_begun() const { return next_epoch_; }

 private:
  Dataset dataset_;
  std::int64_t batch_size_;
  std::uint64_t seed_;
  BatchOptions options_;
  std::int64_t next_epoch_ = 0;
};

// An input iterator; makes its batch when asked for it. Batches must outlive it.
class Batches::Iterator {
 public:
  using value_type = Batch;
  using difference_type = std::ptrdiff_t;

  Batch operator*() const;
  Iterator& operator++() {
    ++position_;
    return *this;
  }
  void operator++(int) { ++position_; }
  friend bool operator==(const Iterator& it, std::default_sentinel_t) {
    return it.position_ == it.batches_->size();
  }

 private:
  friend Batches;
  Iterator(const Batches& batches, std::int64_t epoch);

  const Batches* batches_;
  Tensor order_;  // of the rows; not defined() when as they stand
  std::int64_t position_ = 0;
};

class Batches::Epoch {
 public:
  Iterator begin() const { return first_; }
  static std::default_sentinel_t end() { return {}; }

 private:
  friend Batches;
  explicit Epoch(Iterator first) : first_(std::move(first)) {}

  Iterator first_;
};

}  // namespace tapestry::nn
