#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> slice_cases() {
  const Tensor x = sample_numbers({4, 5});
  return {
      {"slice",
       "A regular part, by Python's start:stop:step along each axis; a view.",
       true,
       {{"rows", {x}, [](const auto& in) { return slice(in[0], 0, 1, 3); }},
        {"backwards", {x}, [](const auto& in) { return slice(in[0], 1, {.step = -2}); }},
        {"both axes",
         {x},
         [](const auto& in) {
           return slice(in[0], {{-3, -1}, {.stop = 1, .step = -1}});
         }},
        {"empty", {x}, [](const auto& in) { return slice(in[0], 0, 3, 1); }}},
       {{"step", [] { slice(zeros({3}), 0, {.step = 0}); },
         "[slice] the step is 0; it must be positive or negative"},
        {"too many",
         [] {
           slice(zeros({3}), {{}, {}});
         },
         "[slice] 2 ranges for shape (3,); there is at most one for each axis"}}},
      {"slice_scatter",
       "x with a regular part replaced, by Python's start:stop:step along each axis.",
       true,
       {{"columns, backwards",
         {x, sample_numbers({4, 3}, 2)},
         [](const auto& in) { return slice_scatter(in[0], in[1], 1, {.step = -2}); }},
        {"both axes, stretched",
         {x, sample_numbers({2, 1}, 2)},
         [](const auto& in) {
           return slice_scatter(in[0], in[1], {{1, 3}, {-2, {}}});
         }}},
       {{"shape",
         [] {
           slice_scatter(zeros({3}), zeros({3}), 0, {0, 2});
         },
         "[slice_scatter] the source of shape (3,) does not broadcast to the part of shape (2,)"}}},
      {"flip",
       "Reverses axes; a view.",
       true,
       {{"all", {x}, [](const auto& in) { return flip(in[0]); }},
        {"one", {x}, [](const auto& in) { return flip(in[0], -1); }}},
       {{"range", [] { flip(zeros({3}), 1); },
         "[flip] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
