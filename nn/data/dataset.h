// A set to learn from or to be judged by: inputs and the class of each, row for row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::nn {

struct Dataset {
  std::string name;
  Tensor inputs;  // (N, features), f32, unless its maker says otherwise
  Tensor labels;  // (N,), i64, each in [0, classes)
  std::int64_t classes = 0;
  std::vector<std::string> class_names{};  // one for each class; empty where classes have none
  std::vector<std::string> notes{};        // what its reader had to decide, a line for each

  std::int64_t size() const { return inputs.shape()[0]; }  // N
  // The name of a class, or its number. Error when there is no such class.
  std::string class_name(std::int64_t label, detail::Site site = {}) const;
  // Copies of these rows, in this order. Error when a row lies outside [0, N).
  Dataset subset(std::span<const std::int64_t> rows, detail::Site site = {}) const;
};

// A set in two parts: one to learn from, one to be judged by.
struct Split {
  Dataset train, test;
};

// Holds out round(fraction * N) shuffled rows as the test part; of every class that fraction, to
// less than one row. The same for a seed on every machine. Error when either part would be empty.
Split split(const Dataset& dataset, double fraction, std::uint64_t seed, detail::Site site = {});

}  // namespace tapestry::nn
