#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/solve.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> solve_cases() {
  const Tensor a = sample_numbers({3, 3}, 1), batch = sample_numbers({2, 3, 3}, 2);
  const auto solved = [](const auto& in) { return solve(dominant(in[0], in[1].dtype()), in[1]); };
  const auto inverted = [](const auto& in) { return inverse(dominant(in[0])); };
  const auto raised = [](std::int64_t k) {
    return [=](const std::vector<Tensor>& in) { return matrix_power(0.3 * dominant(in[0]), k); };
  };
  return {
      {"solve",
       "X with A X = B; B is a vector or matrices.",
       true,
       {{"matrix", {a, sample_numbers({3, 2}, 3)}, solved},
        {"square", {a, sample_numbers({3, 3}, 4)}, solved},
        {"vector", {a, sample_numbers({3}, 5)}, solved},
        {"batch, vector", {batch, sample_numbers({3}, 6)}, solved},
        {"broadcast batches",
         {sample_numbers({2, 1, 2, 2}, 7), sample_numbers({3, 2, 1}, 8)},
         solved}},
       {{"singular",
         [] {
           solve(tensor({{1, 2}, {2, 4}}), ones({2}));
         },
         "[solve] the matrix is singular to rounding"},
        {"in a batch of batches",
         [] {
           solve(zeros({2, 2, 1, 1}) + tensor({{{{1}}, {{1}}}, {{{0}}, {{1}}}}), ones({1}));
         },
         "[solve] the matrix is singular to rounding (batch index (1, 0))"},
        {"not square",
         [] {
           solve(zeros({2, 3}), zeros({2}));
         },
         "[solve] needs square matrices; A has shape (2, 3)"},
        {"extents",
         [] {
           solve(eye(2), zeros({3, 2}));
         },
         "[solve] A has shape (2, 2), B (3, 2): the 2 and the 3 must be equal"},
        {"rank 0", [] { solve(eye(2), zeros({})); },
         "[solve] B has shape (); it must be a vector or matrices"}}},
      {"inverse",
       "The inverse of each matrix.",
       true,
       {{"matrix", {a}, inverted}, {"batch", {batch}, inverted}},
       {{"singular",
         [] {
           inverse(ones({2, 2}));
         },
         "[inverse] the matrix is singular to rounding"},
        {"not square", [] { inverse(zeros({3})); },
         "[inverse] needs square matrices; A has shape (3,)"}}},
      {"matrix_power",
       "An integer power of each matrix; negative ones are powers of the inverse.",
       true,
       {{"cube", {a}, raised(3)},
        {"itself", {batch}, raised(1)},
        {"inverse square", {a}, raised(-2)},
        {"sixth", {batch}, raised(6)}},
       {{"singular",
         [] {
           matrix_power(ones({2, 2}), -1);
         },
         "[matrix_power] the matrix is singular to rounding"},
        {"not square",
         [] {
           matrix_power(zeros({2, 3}), 2);
         },
         "[matrix_power] needs square matrices; A has shape (2, 3)"}}},
  };
}

}  // namespace tapestry::detail::linalg
