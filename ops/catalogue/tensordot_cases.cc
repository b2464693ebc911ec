#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/product/contraction.h"
#include "ops/product/matmul.h"
#include "ops/product/tensordot.h"

namespace tapestry::detail {

std::vector<OpInfo> tensordot_cases() {
  const Tensor a = sample_numbers({2, 3, 4}, 1), b = sample_numbers({3, 4, 2}, 2),
               c = sample_numbers({4, 2, 3}, 3);
  const Tensor m = sample_numbers({2, 3}, 4), n = sample_numbers({3, 4}, 5);
  return {
      {"tensordot",
       "The sum of products over pairs of axes.",
       true,
       {{"two axes", {a, b}, [](const auto& in) { return tensordot(in[0], in[1]); }},
        {"named",
         {a, c},
         [](const auto& in) {
           return tensordot(in[0], in[1], {2, 0}, {0, 1});
         }},
        {"none", {m, n}, [](const auto& in) { return tensordot(in[0], in[1], 0); }}},
       {{"extents",
         [] {
           tensordot(zeros({2, 3}), zeros({4, 5}), 1);
         },
         "[tensordot] axis 1 of (2, 3) and axis 0 of (4, 5) differ; the 3 and the 4 must be equal"},
        {"twice",
         [] {
           tensordot(zeros({2, 2}), zeros({2, 2}), {0, 0}, {0, 1});
         },
         "[tensordot] axis 0 of a and axis 1 of b: one was named before; name each axis once"},
        {"too many", [] { tensordot(zeros({2}), zeros({2})); },
         "[tensordot] 2 axes of shapes (2,) and (2,); both must have as many"}}},
      {"bmm",
       "Products of as many pairs of matrices.",
       true,
       {{"", {a, sample_numbers({2, 4, 2}, 6)}, [](const auto& in) { return bmm(in[0], in[1]); }}},
       {{"shapes",
         [] {
           bmm(zeros({2, 3, 4}), zeros({1, 4, 5}));
         },
         "[bmm] needs shapes (n, m, k) and (n, k, l); the operands have (2, 3, 4) and (1, 4, "
         "5)"}}},
      {"addmm",
       "beta * c + alpha * a b, a sum with a product of matrices.",
       true,
       {{"row",
         {sample_numbers({4}, 7), m, n},
         [](const auto& in) { return addmm(in[0], in[1], in[2]); }},
        {"scaled",
         {sample_numbers({2, 4}, 8), m, n},
         [](const auto& in) { return addmm(in[0], in[1], in[2], {.beta = -2, .alpha = 0.5}); }}},
       {{"shape",
         [] {
           addmm(zeros({3}), zeros({2, 3}), zeros({3, 4}));
         },
         "[addmm] c of shape (3,) does not broadcast to the product of shape (2, 4)"}}},
  };
}

}  // namespace tapestry::detail
