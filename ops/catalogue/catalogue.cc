#include "ops/catalogue/catalogue.h"

#include <utility>

#include "ops/catalogue/cases.h"

namespace tapestry::detail {
namespace {

std::vector<OpInfo> collect() {
  std::vector<OpInfo> all;
  for (auto ops :
       {attention_cases, centered_cases,   arrange_cases,    categorical_cases, choose_cases,
        replace_cases,   fft_cases,        layer_norm_cases, lerp_cases,        polygamma_cases,
        convolve_cases,  cumsum_cases,     einsum_cases,     elementwise_cases, extremes_cases,
        index_cases,     join_cases,       linalg_cases,     matmul_cases,      pool_cases,
        product_cases,   recurrence_cases, reduce_cases,     resample_cases,    running_cases,
        search_cases,    select_cases,     slice_cases,      softmax_cases,     sort_cases,
        tensordot_cases, view_cases})
    for (OpInfo& op : ops()) all.push_back(std::move(op));
  return all;
}

}  // namespace

const std::vector<OpInfo>& catalogue() {
  static const std::vector<OpInfo> all = collect();
  return all;
}

}  // namespace tapestry::detail
