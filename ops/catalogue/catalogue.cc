#include "ops/catalogue/catalogue.h"

#include <utility>

namespace tapestry::detail {
namespace {

std::vector<Record> collect() {
  std::vector<Record> all;
  for (auto records :
       {centered_records,  arrange_records,  categorical_records, choose_records,
        replace_records,   fft_records,      lerp_records,        polygamma_records,
        conv_records,      cumsum_records,   einsum_records,      elementwise_records,
        extreme_records,   index_records,    join_records,        linalg_records,
        matmul_records,    max_pool_records, product_records,     recurrence_records,
        reduce_records,    resample_records, running_records,     search_records,
        select_records,    slice_records,    softmax_records,     sort_records,
        tensordot_records, view_records})
    for (Record& record : records()) all.push_back(std::move(record));
  return all;
}

}  // namespace

const std::vector<Record>& catalogue() {
  static const std::vector<Record> all = collect();
  return all;
}

}  // namespace tapestry::detail
