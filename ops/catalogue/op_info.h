// What the property suite, the documentation and the benchmarks know of an op: one line of
// documentation, sample calls, and the calls that it refuses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// One sample call. Floating inputs are f64, at points where the op is smooth; a mask or indices are
// inputs too.
struct Sample {
  std::string label;
  std::vector<Tensor> inputs;
  std::function<Tensor(const std::vector<Tensor>&)> call;
};

// A call that must throw Error with exactly this text.
struct Refusal {
  std::string label;
  std::function<void()> call;
  std::string message;
};

struct OpInfo {
  std::string_view name;
  std::string_view documentation;  // one line
  bool differentiable;
  std::vector<Sample> samples;
  std::vector<Refusal> refusals;
};

// Numbers for a sample: f64, normally distributed, all different, the same for the same seed.
Tensor sample_numbers(const Shape& shape, std::uint64_t seed = 1);

}  // namespace tapestry::detail
