#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/layout/view.h"
#include "ops/linalg/triangle.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> triangle_cases() {
  const Tensor x = sample_numbers({3, 4}), batch = sample_numbers({2, 3, 3}),
               v = sample_numbers({3});
  const auto of = [](auto* f, std::int64_t k) {
    return [=](const std::vector<Tensor>& in) { return f(in[0], k, {}); };
  };
  return {
      {"tril",
       "The elements on and below a diagonal of each matrix, 0 elsewhere.",
       true,
       {{"main", {x}, of(tril, 0)}, {"above", {batch}, of(tril, 1)}, {"below", {x}, of(tril, -2)}},
       {{"vector", [] { tril(zeros({3})); }, "[tril] needs matrices; x has shape (3,)"}}},
      {"triu",
       "The elements on and above a diagonal of each matrix, 0 elsewhere.",
       true,
       {{"main", {x}, of(triu, 0)}, {"above", {batch}, of(triu, 1)}, {"below", {x}, of(triu, -2)}},
       {{"vector", [] { triu(zeros({3})); }, "[triu] needs matrices; x has shape (3,)"}}},
      {"diagonal",
       "A diagonal of each matrix; a view.",
       true,
       {{"main", {x}, of(diagonal, 0)},
        {"above", {batch}, of(diagonal, 1)},
        {"below", {x}, of(diagonal, -1)}},
       {{"vector", [] { diagonal(zeros({3})); }, "[diagonal] needs matrices; x has shape (3,)"}}},
      {"diag_embed",
       "Matrices of 0 but for one diagonal.",
       true,
       {{"main", {v}, of(diag_embed, 0)},
        {"above", {x}, of(diag_embed, 1)},
        {"below", {v}, of(diag_embed, -2)}},
       {{"rank 0", [] { diag_embed(zeros({})); },
         "[diag_embed] a diagonal needs an axis; x has shape ()"}}},
      {"diag",
       "The matrix with a given diagonal, or the diagonal of a matrix.",
       true,
       {{"vector", {v}, of(diag, 0)}, {"matrix", {x}, of(diag, 1)}},
       {{"batch",
         [] {
           diag(zeros({2, 2, 2}));
         },
         "[diag] needs a vector or a matrix; x has shape (2, 2, 2): for batches see diagonal and "
         "diag_embed"}}},
      {"trace",
       "The sum of the main diagonal of each matrix.",
       true,
       {{"matrix", {x}, [](const auto& in) { return trace(in[0]); }},
        {"batch", {batch}, [](const auto& in) { return trace(in[0]); }}},
       {{"vector", [] { trace(zeros({3})); }, "[trace] needs matrices; x has shape (3,)"}}},
  };
}

}  // namespace tapestry::detail::linalg
