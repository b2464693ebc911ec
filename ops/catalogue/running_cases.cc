#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/layout/index.h"
#include "ops/reduce/running.h"

namespace tapestry::detail {

std::vector<OpInfo> running_cases() {
  const Tensor x = sample_numbers({4, 5});
  return {
      {"cummax",
       "The largest element so far along an axis, and where it lies.",
       true,
       {{"rows", {x}, [](const auto& in) { return cummax(in[0], 0).values; }},
        {"columns", {x}, [](const auto& in) { return cummax(in[0], -1).values; }}},
       {{"range", [] { cummax(zeros({3}), 1); },
         "[cummax] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
      {"cummin",
       "The smallest element so far along an axis, and where it lies.",
       true,
       {{"rows", {x}, [](const auto& in) { return cummin(in[0], 0).values; }},
        {"columns", {x}, [](const auto& in) { return cummin(in[0], -1).values; }}},
       {{"range", [] { cummin(zeros({3}), -2); },
         "[cummin] axis -2 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
