#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/reduce/magnitude.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> reduce_cases() {
  const Tensor x = sample_numbers({2, 3, 4});
  const Tensor zero_within = tensor({{2, 0, 3}, {0, 0, 0}, {1, 4, 5}}, DType::f64);
  return {
      {"sum",
       "The sum over axes.",
       true,
       {{"all", {x}, [](const auto& in) { return sum(in[0]); }},
        {"first", {x}, [](const auto& in) { return sum(in[0], {.axis = 0}); }},
        {"outer two, kept",
         {x},
         [](const auto& in) {
           return sum(in[0], {.axis = {0, -1}, .keepdims = true});
         }}},
       {{"range",
         [] {
           sum(zeros({2, 3}), {.axis = 2});
         },
         "[sum] axis 2 is out of range for rank 2; it must lie in [-2, 1]"},
        {"twice",
         [] {
           sum(zeros({2, 3}), {.axis = {1, -1}});
         },
         "[sum] axis -1 is named twice in (1, -1); name each axis once"}}},
      {"mean",
       "The mean over axes.",
       true,
       {{"all", {x}, [](const auto& in) { return mean(in[0]); }},
        {"last, kept",
         {x},
         [](const auto& in) { return mean(in[0], {.axis = -1, .keepdims = true}); }}},
       {{"dtype", [] { mean(zeros({2}, DType::i64)); },
         "[mean] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"var",
       "The variance over axes; .correction is taken from the number of elements.",
       true,
       {{"all", {x}, [](const auto& in) { return var(in[0]); }},
        {"of the population",
         {x},
         [](const auto& in) { return var(in[0], {.axis = 1, .correction = 0}); }}},
       {{"dtype", [] { var(zeros({2}, DType::i64)); },
         "[var] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"std",
       "The standard deviation over axes: the square root of var.",
       true,
       {{"last", {x}, [](const auto& in) { return std(in[0], {.axis = -1}); }}},
       {{"dtype", [] { std(zeros({2}, DType::i64)); },
         "[std] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"any",
       "Whether any element differs from 0.",
       false,
       {{"last", {zero_within}, [](const auto& in) { return any(in[0], {.axis = -1}); }}},
       {{"range", [] { any(zeros({2}), {.axis = 1}); },
         "[any] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
      {"all",
       "Whether all elements differ from 0.",
       false,
       {{"first, kept",
         {zero_within},
         [](const auto& in) { return all(in[0], {.axis = 0, .keepdims = true}); }}},
       {{"range", [] { all(zeros({2}), {.axis = 1}); },
         "[all] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
