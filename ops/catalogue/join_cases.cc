#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/layout/join.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> join_cases() {
  const Tensor x = sample_numbers({2, 3}, 1), y = sample_numbers({2, 2}, 2),
               z = sample_numbers({2, 3}, 3);
  return {
      {"concat",
       "Tensors one after the other along an axis.",
       true,
       {{"columns", {x, y}, [](const auto& in) { return concat(in, 1); }},
        {"one twice",
         {x, z},
         [](const auto& in) {
           return concat({in[0], in[1], in[0]}, 0);
         }}},
       {{"none", [] { concat({}); }, "[concat] there are no tensors; at least one is needed"},
        {"extents",
         [] {
           concat({zeros({2, 3}), zeros({2, 4})}, 0);
         },
         "[concat] tensor 1 has shape (2, 4), tensor 0 has (2, 3); all extents but that of axis 0 "
         "must be equal"}}},
      {"stack",
       "Tensors of one shape side by side along a new axis.",
       true,
       {{"first", {x, z}, [](const auto& in) { return stack(in); }},
        {"last", {x, z}, [](const auto& in) { return stack(in, -1); }}},
       {{"shapes",
         [] {
           stack({zeros({2}), zeros({3})});
         },
         "[stack] tensor 1 has shape (3,), tensor 0 has (2,); all shapes must be equal"}}},
      {"split",
       "Takes an axis apart into equal parts or parts of given extents; views.",
       true,
       {{"one part used", {x}, [](const auto& in) { return split(in[0], 3, 1)[1]; }},
        {"sizes, reversed",
         {x},
         [](const auto& in) {
           const auto parts = split(in[0], {1, 2}, -1);
           return concat({parts[1], parts[0]}, 1);
         }}},
       {{"unequal", [] { split(zeros({5}), 2); },
         "[split] axis 0 of shape (5,) does not split into 2 equal parts"},
        {"sizes",
         [] {
           split(zeros({5}), {2, 2});
         },
         "[split] the sizes (2, 2) do not make up axis 0 of shape (5,)"}}},
      {"unstack",
       "Takes an axis apart into its positions; views.",
       true,
       {{"columns", {x}, [](const auto& in) { return stack(unstack(in[0], -1)); }}},
       {{"range", [] { unstack(zeros({2}), 1); },
         "[unstack] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
  };
}

}  // namespace tapestry::detail
