#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/product/matmul.h"

namespace tapestry::detail {

std::vector<OpInfo> matmul_cases() {
  const auto numbers = [](const Shape& shape) {
    return sample_numbers(shape, static_cast<std::uint64_t>(shape.size()));
  };
  const auto product = [](const auto& in) { return matmul(in[0], in[1]); };
  return {
      {"matmul",
       "The product of matrices; leading axes broadcast, vectors are rows on the left and columns "
       "on the right.",
       true,
       {{"matrices", {numbers({2, 3}), numbers({3, 4})}, product},
        {"squares", {sample_numbers({3, 3}, 1), sample_numbers({3, 3}, 2)}, product},
        {"transposed",
         {numbers({3, 2}), numbers({4, 3})},
         [](const auto& in) { return matmul(transpose(in[0]), transpose(in[1])); }},
        {"vector, matrix", {numbers({3}), numbers({3, 4})}, product},
        {"matrix, vector", {numbers({2, 3}), numbers({3})}, product},
        {"batch, matrix", {numbers({2, 4, 3}), numbers({3, 2})}, product},
        {"matrix, batch", {numbers({4, 3}), numbers({2, 3, 2})}, product},
        {"broadcast batches", {numbers({2, 1, 2, 3}), numbers({3, 3, 2})}, product}},
       {{"inner",
         [] {
           matmul(zeros({2, 3}), zeros({4, 5}));
         },
         "[matmul] inner extents differ: (2, 3) x (4, 5); the 3 and the 4 must be equal"},
        {"rank 0", [] { matmul(zeros({}), zeros({2})); },
         "[matmul] operands need at least one axis: () x (2,); multiply by a number with *"},
        {"batches",
         [] {
           matmul(zeros({2, 1, 1}), zeros({3, 1, 1}));
         },
         "[matmul] shapes (2,) and (3,) do not broadcast: the 2 and the 3 must be equal, or one of "
         "them 1"}}},
      {"dot",
       "The sum of products of two vectors.",
       true,
       {{"",
         {sample_numbers({5}, 1), sample_numbers({5}, 2)},
         [](const auto& in) { return dot(in[0], in[1]); }}},
       {{"lengths", [] { dot(zeros({2}), zeros({3})); },
         "[dot] lengths differ: (2,) and (3,); the 2 and the 3 must be equal"},
        {"rank",
         [] {
           dot(zeros({2, 2}), zeros({2}));
         },
         "[dot] needs two vectors; the operands have shapes (2, 2) and (2,)"}}},
      {"outer",
       "All products of two vectors.",
       true,
       {{"", {numbers({3}), numbers({4})}, [](const auto& in) { return outer(in[0], in[1]); }},
        {"of one length",
         {sample_numbers({3}, 1), sample_numbers({3}, 2)},
         [](const auto& in) { return outer(in[0], in[1]); }}},
       {{"rank", [] { outer(zeros({2}), zeros({})); },
         "[outer] needs two vectors; the operands have shapes (2,) and ()"}}},
  };
}

}  // namespace tapestry::detail
