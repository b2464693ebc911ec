// What the property suite, the documentation and the benchmarks iterate over: for every op its
// one-line documentation, sample calls, and the calls that it refuses. A family writes its records
// beside its ops.
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

struct Record {
  std::string_view name;
  std::string_view documentation;  // one line
  bool differentiable;
  std::vector<Sample> samples;
  std::vector<Refusal> refusals;
};

// Numbers for a sample: f64, normally distributed, all different, the same for the same seed.
Tensor sample_numbers(const Shape& shape, std::uint64_t seed = 1);

std::vector<Record> arrange_records();
std::vector<Record> categorical_records();
std::vector<Record> choose_records();
std::vector<Record> conv_records();
std::vector<Record> centered_records();
std::vector<Record> cumsum_records();
std::vector<Record> einsum_records();
std::vector<Record> elementwise_records();
std::vector<Record> extreme_records();
std::vector<Record> fft_records();
std::vector<Record> index_records();
std::vector<Record> join_records();
std::vector<Record> lerp_records();
std::vector<Record> linalg_records();
std::vector<Record> matmul_records();
std::vector<Record> max_pool_records();
std::vector<Record> polygamma_records();
std::vector<Record> product_records();
std::vector<Record> recurrence_records();
std::vector<Record> reduce_records();
std::vector<Record> replace_records();
std::vector<Record> resample_records();
std::vector<Record> running_records();
std::vector<Record> search_records();
std::vector<Record> select_records();
std::vector<Record> slice_records();
std::vector<Record> softmax_records();
std::vector<Record> sort_records();
std::vector<Record> tensordot_records();
std::vector<Record> view_records();

// All of them.
const std::vector<Record>& catalogue();

}  // namespace tapestry::detail
