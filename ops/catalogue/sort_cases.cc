#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/index.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/cumsum.h"
#include "ops/reduce/sort.h"

namespace tapestry::detail {

std::vector<OpInfo> sort_cases() {
  const Tensor x = sample_numbers({4, 5});
  // Running sums from the largest, among which NaN counts: it then reaches all that follow.
  const auto from_largest = [](const Tensor& ascending, int axis) {
    return cumsum(flip(ascending, axis), axis);
  };
  return {
      {"sort",
       "Elements in order along an axis, and where they lay.",
       true,
       {{"ascending", {x}, [=](const auto& in) { return from_largest(sort(in[0]).values, 1); }},
        {"descending", {x}, [](const auto& in) { return cumsum(sort(in[0], 0, true).values, 0); }}},
       {{"range", [] { sort(zeros({2}), 1); },
         "[sort] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
      {"argsort",
       "Where the elements lie that come first, second and so on.",
       false,
       {{"ascending", {x}, [](const auto& in) { return argsort(in[0]); }},
        {"descending", {x}, [](const auto& in) { return argsort(in[0], 0, true); }}},
       {{"rank 0", [] { argsort(zeros({})); },
         "[argsort] axis -1 is out of range: a tensor of rank 0 has no axes"}}},
      {"topk",
       "The largest or smallest elements along an axis, in order, and where they lay.",
       true,
       {{"largest", {x}, [](const auto& in) { return cumsum(topk(in[0], 3).values, 1); }},
        {"all, smallest first",
         {x},
         [=](const auto& in) { return from_largest(topk(in[0], 4, 0, false).values, 0); }}},
       {{"count",
         [] {
           topk(zeros({2, 3}), 4);
         },
         "[topk] 4 elements of axis 1 of shape (2, 3), which holds 3"}}},
      {"quantile",
       "The number below which a share of the elements lies.",
       true,
       {{"all", {x}, [](const auto& in) { return quantile(in[0], 0.3); }},
        {"rows", {x}, [](const auto& in) { return quantile(in[0], 0.25, {.axis = 1}); }}},
       {{"share", [] { quantile(zeros({2}), 1.5); },
         "[quantile] the share is 1.5; it must lie in [0, 1]"}}},
      {"median",
       "The number in the middle, or the mean of the two there.",
       true,
       {{"all", {x}, [](const auto& in) { return median(in[0]); }},
        {"columns, kept",
         {x},
         [](const auto& in) { return median(in[0], {.axis = 0, .keepdims = true}); }},
        {"rows", {x}, [](const auto& in) { return median(in[0], {.axis = 1}); }}},
       {{"empty", [] { median(zeros({0})); },
         "[median] x of shape (0,) has no elements; at least one is needed to choose from"}}},
  };
}

}  // namespace tapestry::detail
