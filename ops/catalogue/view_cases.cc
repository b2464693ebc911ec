#include "ops/catalogue/cases.h"

#include "engine/grad/stop_gradient.h"
#include "engine/tensor/factory.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> view_cases() {
  const Tensor x = sample_numbers({2, 3, 4});
  return {
      {"reshape",
       "The same elements in row-major order, in another shape; one extent may be -1.",
       true,
       {{"flat", {x}, [](const auto& in) { return reshape(in[0], {-1}); }},
        {"split axes",
         {x},
         [](const auto& in) {
           return reshape(in[0], {2, 3, 2, 2});
         }},
        {"of a transposed view",
         {x},
         [](const auto& in) {
           return reshape(transpose(in[0]), {8, 3});
         }}},
       {{"size",
         [] {
           reshape(zeros({2, 3}), {4, -1});
         },
         "[reshape] (2, 3) has 6 elements, which do not fill (4, -1)"},
        {"two unknown",
         [] {
           reshape(zeros({2, 3}), {-1, -1});
         },
         "[reshape] shape (-1, -1) has more than one -1; only one extent can follow from the "
         "others"}}},
      {"transpose",
       "Exchanges two axes, by default the last two.",
       true,
       {{"last two", {x}, [](const auto& in) { return transpose(in[0]); }},
        {"first and last", {x}, [](const auto& in) { return transpose(in[0], 0, -1); }}},
       {{"rank 1", [] { transpose(zeros({3})); },
         "[transpose] shape (3,) has no last two axes to exchange"}}},
      {"permute",
       "Reorders the axes.",
       true,
       {{"cyclic",
         {x},
         [](const auto& in) {
           return permute(in[0], {1, 2, 0});
         }}},
       {{"twice",
         [] {
           permute(zeros({2, 3}), {0, 0});
         },
         "[permute] axis 0 is named twice in (0, 0); name each axis once"},
        {"too few",
         [] {
           permute(zeros({2, 3}), {0});
         },
         "[permute] (0,) names 1 axes of shape (2, 3); all 2 must be named"}}},
      {"squeeze",
       "Removes axes of extent 1.",
       true,
       {{"all", {sample_numbers({1, 3, 1})}, [](const auto& in) { return squeeze(in[0]); }},
        {"one", {sample_numbers({1, 3, 1})}, [](const auto& in) { return squeeze(in[0], 0); }}},
       {{"longer",
         [] {
           squeeze(zeros({2, 3}), 1);
         },
         "[squeeze] axis 1 of shape (2, 3) has extent 3; only an extent of 1 can be removed"}}},
      {"unsqueeze",
       "Adds an axis of extent 1.",
       true,
       {{"middle", {x}, [](const auto& in) { return unsqueeze(in[0], 1); }}},
       {{"range", [] { unsqueeze(zeros({2}), 3); },
         "[unsqueeze] axis 3 is out of range for rank 2; it must lie in [-2, 1]"}}},
      {"broadcast_to",
       "Stretches axes of extent 1, and adds leading ones, by NumPy's rule; a view.",
       true,
       {{"row",
         {sample_numbers({3})},
         [](const auto& in) {
           return broadcast_to(in[0], {2, 3});
         }},
        {"column",
         {sample_numbers({2, 1})},
         [](const auto& in) {
           return broadcast_to(in[0], {4, 2, 3});
         }}},
       {{"mismatch", [] { broadcast_to(zeros({2}), {3}); },
         "[broadcast_to] shape (2,) does not broadcast to (3,)"}}},
      {"stop_gradient",
       "The same numbers, through which nothing flows.",
       false,
       {{"same", {x}, [](const auto& in) { return stop_gradient(in[0]); }}},
       {}},
      {"to",
       "Converts to another dtype; differentiable between f32 and f64.",
       true,
       {{"same", {x}, [](const auto& in) { return in[0].to(DType::f64); }}},
       {}},
  };
}

}  // namespace tapestry::detail
