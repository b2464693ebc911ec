#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/reduce/cumsum.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> cumsum_cases() {
  const Tensor x = sample_numbers({3, 4});
  return {
      {"cumsum",
       "Running sums along an axis.",
       true,
       {{"rows", {x}, [](const auto& in) { return cumsum(in[0], 0); }},
        {"columns", {x}, [](const auto& in) { return cumsum(in[0], -1); }}},
       {{"range", [] { cumsum(zeros({3}), 1); },
         "[cumsum] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
