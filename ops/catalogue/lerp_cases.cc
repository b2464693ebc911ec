#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/lerp.h"
#include "ops/elementwise/where.h"

namespace tapestry::detail {

std::vector<OpInfo> lerp_cases() {
  const auto call = [](const std::vector<Tensor>& in) { return lerp(in[0], in[1], in[2]); };
  const Tensor a = sample_numbers({3, 4}, 1), b = sample_numbers({3, 4}, 2);
  return {
      {"lerp",
       "a + t (b - a), exact at both ends",
       true,
       {{"equal shapes", {a, b, sample_numbers({3, 4}, 3)}, call},
        {"weights stretched", {a, b, sample_numbers({3, 1}, 3)}, call},
        {"one weight", {a, b}, [](const auto& in) { return lerp(in[0], in[1], 0.3); }}},
       {{"shapes that do not broadcast",
         [] {
           lerp(ones({2, 3}), ones({4}), 0.5);
         },
         "[lerp] shapes (2, 3) and (4,) do not broadcast: the 3 and the 4 must be equal, or one "
         "of them 1"}}}};
}

}  // namespace tapestry::detail
