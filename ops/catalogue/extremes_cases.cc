#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/reduce/extremes.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> extremes_cases() {
  const Tensor x = sample_numbers({2, 3, 4});
  return {
      {"max",
       "The largest element over axes; equals share the adjoint evenly.",
       true,
       {{"all", {x}, [](const auto& in) { return max(in[0]); }},
        {"outer two, kept",
         {x},
         [](const auto& in) {
           return max(in[0], {.axis = {0, 2}, .keepdims = true});
         }}},
       {{"empty",
         [] {
           max(zeros({0, 3}), {.axis = 0});
         },
         "[max] axis 0 of shape (0, 3) has no elements; at least one is needed to choose from"}}},
      {"min",
       "The smallest element over axes; equals share the adjoint evenly.",
       true,
       {{"last", {x}, [](const auto& in) { return min(in[0], {.axis = -1}); }}},
       {{"empty", [] { min(zeros({0})); },
         "[min] axis 0 of shape (0,) has no elements; at least one is needed to choose from"}}},
      {"argmax",
       "The position of the largest element along an axis, or in row-major order.",
       false,
       {{"all", {x}, [](const auto& in) { return argmax(in[0]); }},
        {"middle, kept",
         {x},
         [](const auto& in) { return argmax(in[0], {.axis = 1, .keepdims = true}); }}},
       {{"empty",
         [] {
           argmax(zeros({2, 0}), {.axis = 1});
         },
         "[argmax] axis 1 of shape (2, 0) has no elements; at least one is needed to choose "
         "from"}}},
      {"argmin",
       "The position of the smallest element along an axis, or in row-major order.",
       false,
       {{"last", {x}, [](const auto& in) { return argmin(in[0], {.axis = -1}); }}},
       {{"range", [] { argmin(zeros({2}), {.axis = 1}); },
         "[argmin] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
