#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/choose.h"
#include "ops/layout/index.h"
#include "ops/layout/select.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> choose_cases() {
  const Tensor x = sample_numbers({4, 3});
  const Tensor some = from_vector(std::vector<std::int64_t>{2, 0, -1}, {3});
  const Tensor mask = from_vector(std::vector<std::int64_t>{1, 0, 0, 1}, {4}).to(DType::boolean);
  return {
      {"select",
       "One position of an axis, which vanishes; a view. x[i], x[{i, j}], x[mask], x[indices].",
       true,
       {{"column", {x}, [](const auto& in) { return select(in[0], 1, -1); }},
        {"row", {x}, [](const auto& in) { return in[0][1]; }},
        {"element",
         {x},
         [](const auto& in) {
           return in[0][{-1, 2}];
         }},
        {"rows by indices", {x, some}, [](const auto& in) { return in[0][in[1]]; }}},
       {{"range",
         [] {
           select(zeros({3, 2}), 0, 3);
         },
         "[select] position 3 of axis 0 is out of range for extent 3; it must lie in [-3, 2]"}}},
      {"masked_select",
       "The elements at which a mask holds, as a vector. x[mask] chooses along leading axes.",
       true,
       {{"elements", {x, x > 0}, [](const auto& in) { return masked_select(in[0], in[1]); }},
        {"rows", {x, mask}, [](const auto& in) { return in[0][in[1]]; }}},
       {{"dtype", [] { masked_select(zeros({2}), zeros({2})); },
         "[masked_select] the mask is f32; it must be boolean"}}},
  };
}

}  // namespace tapestry::detail
