#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/cholesky.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> cholesky_cases() {
  const auto factor = [](const auto& in) { return cholesky(positive_definite(in[0])); };
  return {{"cholesky",
           "The lower triangular L with A = L L^T.",
           true,
           {{"matrix", {sample_numbers({3, 3})}, factor},
            {"batch", {sample_numbers({2, 3, 4})}, factor},
            {"symmetric part",
             {sample_numbers({3, 3})},
             [](const auto& in) { return cholesky(dominant(in[0])); }}},
           {{"indefinite",
             [] {
               cholesky(tensor({{1, 2}, {2, 1}}));
             },
             "[cholesky] the matrix is not positive definite to rounding"},
            {"in a batch",
             [] {
               cholesky(tensor({{{1, 0}, {0, 1}}, {{0, 0}, {0, 1}}}));
             },
             "[cholesky] the matrix is not positive definite to rounding (batch index 1)"},
            {"not square",
             [] {
               cholesky(zeros({2, 3}));
             },
             "[cholesky] needs square matrices; A has shape (2, 3)"},
            {"dtype",
             [] {
               cholesky(zeros({2, 2}, DType::i64));
             },
             "[cholesky] A is i64; it must be f32 or f64: convert with .to()"}}}};
}

}  // namespace tapestry::detail::linalg
