#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/index.h"
#include "ops/layout/join.h"
#include "ops/layout/view.h"
#include "ops/linalg/determinant.h"
#include "ops/linalg/solve.h"
#include "ops/linalg/svd.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> determinant_cases() {
  const Tensor a = sample_numbers({3, 3}, 1), batch = sample_numbers({2, 3, 3}, 2);
  const auto log = [](const auto& in) { return slogdet(dominant(in[0])).logabsdet; };
  return {
      {"det",
       "The determinant of each matrix.",
       true,
       {{"matrix", {a}, [](const auto& in) { return det(0.3 * dominant(in[0])); }},
        {"batch", {batch}, [](const auto& in) { return det(0.3 * dominant(in[0])); }}},
       {{"not square",
         [] {
           det(zeros({2, 3}));
         },
         "[det] needs square matrices; A has shape (2, 3)"}}},
      {"slogdet",
       "The sign of each determinant and the logarithm of its absolute value.",
       true,
       {{"matrix", {a}, log},
        {"batch", {batch}, log},
        {"both",
         {batch},
         [](const auto& in) {
           const auto [sign, logarithm] = slogdet(dominant(in[0]));
           return sign * exp(0.25 * logarithm);
         }}},
       {{"not square",
         [] {
           slogdet(zeros({2, 3}));
         },
         "[slogdet] needs square matrices; A has shape (2, 3)"},
        {"dtype",
         [] {
           slogdet(zeros({2, 2}, DType::i64));
         },
         "[slogdet] A is i64; it must be f32 or f64: convert with .to()"}}},
  };
}

}  // namespace tapestry::detail::linalg
