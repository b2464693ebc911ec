#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/eigh.h"
#include "ops/linalg/triangle.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> eigh_cases() {
  const Tensor a = sample_numbers({3, 3}, 1), batch = sample_numbers({2, 3, 3}, 2);
  const auto values = [](const auto& in) { return eigh(spread(in[0])).w; };
  // Free of the signs: squares, and a function of the matrix.
  const auto squares = [](const auto& in) { return square(eigh(spread(in[0])).v); };
  const auto sine = [](const auto& in) {
    const auto [w, v] = eigh(spread(in[0]));
    return matmul(v * unsqueeze(sin(w), -2), transpose(v));
  };
  return {{"eigh",
           "A = V diag(w) V^T for symmetric A: eigenvalues, ascending, and eigenvectors.",
           true,
           {{"values", {a}, values},
            {"vectors", {a}, squares},
            {"both", {a}, sine},
            {"values of a batch", {batch}, values},
            {"both of a batch", {batch}, sine}},
           {{"not square",
             [] {
               eigh(zeros({2, 3}));
             },
             "[eigh] needs square matrices; A has shape (2, 3)"},
            {"dtype",
             [] {
               eigh(zeros({2, 2}, DType::i64));
             },
             "[eigh] A is i64; it must be f32 or f64: convert with .to()"}}}};
}

}  // namespace tapestry::detail::linalg
