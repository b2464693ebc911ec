#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/einsum/einsum.h"
#include "ops/einsum/equation.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/triangle.h"
#include "ops/product/contraction.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> einsum_cases() {
  const Tensor a = sample_numbers({2, 3}, 1), b = sample_numbers({3, 4}, 2),
               s = sample_numbers({3, 3}, 3), t = sample_numbers({2, 3, 4}, 4),
               u = sample_numbers({4, 2}, 5);
  const auto of = [](std::string_view equation) {
    return [=](const std::vector<Tensor>& in) { return einsum(equation, in); };
  };
  return {
      {"einsum",
       "The sum of products over every axis that the result does not name.",
       true,
       {{"product", {a, b}, of("ij,jk->ik")},
        {"implicit", {a, b}, of("zj,jb")},
        {"of one shape", {s, sample_numbers({3, 3}, 6)}, of("ij,kj->i")},
        {"diagonal", {s}, of("ii->i")},
        {"trace", {s}, of("ii")},
        {"with a diagonal", {s, a}, of("jj,ij->ji")},
        {"ellipsis", {t, u}, of("...ij,jk->ik...")},
        {"batch", {t, sample_numbers({2, 4, 2}, 7)}, of("bij,bjk->bik")},
        {"sum, permute", {t}, of("abc->ca")},
        {"outer", {a, u}, of("ij,kl")},
        {"a chain", {a, b, u}, of("ij,jk,kl->il")},
        {"stretched", {a, sample_numbers({1, 3}, 8)}, of("ij,ij->ij")},
        {"numbers", {sample_numbers({}, 9), a}, of(",ij->ji")}},
       {{"character",
         [] {
           einsum("i1,j", zeros({2, 2}), zeros({2}));
         },
         "[einsum] \"i1,j\": '1' at character 2 is no subscript; those are letters and ..."},
        {"arrow", [] { einsum("i-j", zeros({2})); },
         "[einsum] \"i-j\": '-' at character 2 is no subscript; those are letters and ..."},
        {"ellipses", [] { einsum("...i...", zeros({2})); },
         "[einsum] \"...i...\": a second ... at character 5; a term has at most one"},
        {"terms",
         [] {
           einsum("ij,jk", zeros({2, 2}));
         },
         "[einsum] \"ij,jk\" has 2 terms for 1 operands; there must be one for each"},
        {"rank",
         [] {
           einsum("i, ijk", zeros({2}), zeros({2, 3}));
         },
         "[einsum] \"i, ijk\": term 2, at character 4, names 3 axes; the operand has shape (2, 3)"},
        {"extent",
         [] {
           einsum("ij,jk", zeros({2, 3}), zeros({4, 5}));
         },
         "[einsum] \"ij,jk\": j at character 4 has extent 4 in shape (4, 5), and 3 before; they "
         "must be equal, or one of them 1"},
        {"unknown",
         [] {
           einsum("ij->iz", zeros({2, 3}));
         },
         "[einsum] \"ij->iz\": z at character 6 of the result names no axis of an operand"},
        {"twice",
         [] {
           einsum("ij->ii", zeros({2, 3}));
         },
         "[einsum] \"ij->ii\": i at character 6 stands in the result a second time"},
        {"nothing", [] { einsum("", std::vector<Tensor>{}); },
         "[einsum] there are no operands; at least one is needed"}}},
  };
}

}  // namespace tapestry::detail
