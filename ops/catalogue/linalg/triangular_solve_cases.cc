#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> triangular_solve_cases() {
  const Tensor a = sample_numbers({3, 3}, 1), b = sample_numbers({3, 2}, 2);
  const auto with = [](const TriangularOptions& options) {
    return [=](const std::vector<Tensor>& in) {
      return triangular_solve(dominant(in[0], in[1].dtype()), in[1], options);
    };
  };
  return {{"triangular_solve",
           "X with A X = B, where only one triangle of A is read.",
           true,
           {{"lower", {a, b}, with({})},
            {"upper", {a, b}, with({.upper = true})},
            {"transposed, unit", {a, b}, with({.transpose = true, .unit = true})},
            {"upper, transposed", {a, b}, with({.upper = true, .transpose = true})},
            {"vector", {a, sample_numbers({3}, 3)}, with({})},
            {"batches",
             {sample_numbers({2, 1, 3, 3}), sample_numbers({3, 3, 2})},
             with({.upper = true, .unit = true})}},
           {{"singular",
             [] {
               triangular_solve(tensor({{1, 5}, {2, 0}}), ones({2}));
             },
             "[triangular_solve] the matrix is singular: element 2 of the diagonal is 0"},
            {"not square",
             [] {
               triangular_solve(zeros({2, 3}), zeros({2}));
             },
             "[triangular_solve] needs square matrices; A has shape (2, 3)"},
            {"extents",
             [] {
               triangular_solve(eye(2), zeros({3, 1}));
             },
             "[triangular_solve] A has shape (2, 2), B (3, 1): the 2 and the 3 must be equal"}}}};
}

}  // namespace tapestry::detail::linalg
