// The ops of each family: X_cases() stands in X_cases.cc.
#pragma once

#include <vector>

#include "ops/catalogue/op_info.h"

namespace tapestry::detail {

std::vector<OpInfo> arrange_cases();
std::vector<OpInfo> attention_cases();
std::vector<OpInfo> categorical_cases();
std::vector<OpInfo> choose_cases();
std::vector<OpInfo> convolve_cases();
std::vector<OpInfo> centered_cases();
std::vector<OpInfo> cumsum_cases();
std::vector<OpInfo> einsum_cases();
std::vector<OpInfo> elementwise_cases();
std::vector<OpInfo> extremes_cases();
std::vector<OpInfo> fft_cases();
std::vector<OpInfo> index_cases();
std::vector<OpInfo> join_cases();
std::vector<OpInfo> layer_norm_cases();
std::vector<OpInfo> lerp_cases();
std::vector<OpInfo> linalg_cases();
std::vector<OpInfo> matmul_cases();
std::vector<OpInfo> pool_cases();
std::vector<OpInfo> polygamma_cases();
std::vector<OpInfo> product_cases();
std::vector<OpInfo> recurrence_cases();
std::vector<OpInfo> reduce_cases();
std::vector<OpInfo> replace_cases();
std::vector<OpInfo> resample_cases();
std::vector<OpInfo> running_cases();
std::vector<OpInfo> search_cases();
std::vector<OpInfo> select_cases();
std::vector<OpInfo> slice_cases();
std::vector<OpInfo> softmax_cases();
std::vector<OpInfo> sort_cases();
std::vector<OpInfo> tensordot_cases();
std::vector<OpInfo> view_cases();

}  // namespace tapestry::detail
