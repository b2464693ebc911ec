#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/join.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/product.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> product_cases() {
  const Tensor x = sample_numbers({2, 3, 5}),
               zero_within = tensor({{2, 0, 3}, {0, 0.5, 0}}, DType::f64);
  return {
      {"prod",
       "The product over axes.",
       true,
       {{"all", {slice(x, 0, 0, 1)}, [](const auto& in) { return prod(in[0]); }},
        {"first, kept",
         {x},
         [](const auto& in) { return prod(in[0], {.axis = 0, .keepdims = true}); }},
        {"outer two",
         {x},
         [](const auto& in) {
           return prod(in[0], {.axis = {0, 2}});
         }},
        {"with zeros", {zero_within}, [](const auto& in) { return prod(in[0], {.axis = 1}); }}},
       {{"range", [] { prod(zeros({2}), {.axis = -2}); },
         "[prod] axis -2 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
