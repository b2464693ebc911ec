#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/view.h"
#include "ops/linalg/svd.h"
#include "ops/linalg/triangle.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> svd_cases() {
  const Tensor a = sample_numbers({3, 3}, 1), tall = sample_numbers({4, 3}, 2),
               wide = sample_numbers({2, 4}, 3), batch = sample_numbers({2, 3, 2}, 4);
  const auto values = [](const auto& in) { return svd(spread(in[0])).s; };
  // Free of the signs: squares of the vectors, and functions of the matrix.
  const auto left = [](const auto& in) { return square(svd(spread(in[0])).u); };
  const auto right = [](const auto& in) { return square(svd(spread(in[0])).vh); };
  const auto sine = [](const auto& in) {
    const auto [u, s, vh] = svd(spread(in[0]));
    return matmul(u * unsqueeze(sin(0.5 * s), -2), vh);
  };
  const auto inverted = [](const auto& in) { return pinv(spread(in[0])); };
  return {{"svd",
           "A = U diag(s) Vh: singular values, descending, and vectors; reduced.",
           true,
           {{"values", {a}, values},
            {"U", {a}, left},
            {"U of tall", {tall}, left},
            {"U of wide", {wide}, left},
            {"Vh of tall", {tall}, right},
            {"Vh of wide", {wide}, right},
            {"all", {a}, sine},
            {"all of tall", {tall}, sine},
            {"all of wide", {wide}, sine},
            {"all of a batch", {batch}, sine}},
           {{"vector", [] { svd(zeros({3})); }, "[svd] needs matrices; A has shape (3,)"},
            {"dtype",
             [] {
               svd(zeros({2, 2}, DType::i64));
             },
             "[svd] A is i64; it must be f32 or f64: convert with .to()"}}},
          {"pinv",
           "The pseudo-inverse of each matrix.",
           true,
           {{"square", {a}, inverted},
            {"tall", {tall}, inverted},
            {"wide", {wide}, inverted},
            {"batch", {batch}, inverted}},
           {{"vector", [] { pinv(zeros({3})); }, "[pinv] needs matrices; A has shape (3,)"}}}};
}

}  // namespace tapestry::detail::linalg
