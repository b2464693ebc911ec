#include "engine/tensor/factory.h"
#include "ops/attention/attention.h"
#include "ops/catalogue/cases.h"

namespace tapestry::detail {

std::vector<OpInfo> attention_cases() {
  const Tensor q = sample_numbers({2, 3, 4}), k = sample_numbers({2, 5, 4}, 2),
               v = sample_numbers({2, 5, 3}, 3);
  const Tensor one = sample_numbers({5, 4}, 4);
  const Tensor mask =
      tensor({{1, 0, 1, 1, 0}, {0, 0, 0, 0, 0}, {1, 1, 1, 0, 1}}).to(DType::boolean);
  const Tensor added = sample_numbers({3, 5}, 5);
  return {
      {"scaled_dot_product_attention",
       "softmax(q k^T / sqrt(E)) v over the last two axes; a mask says which keys a query sees.",
       true,
       {{"plain",
         {q, k, v},
         [](const auto& in) { return scaled_dot_product_attention(in[0], in[1], in[2]); }},
        {"causal",
         {q, k, v},
         [](const auto& in) {
           return scaled_dot_product_attention(in[0], in[1], in[2], {.causal = true, .scale = 0.7});
         }},
        {"mask",
         {q, k, v},
         [mask](const auto& in) {
           return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = mask});
         }},
        {"floating mask",
         {q, k, v, added},
         [](const auto& in) {
           return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = in[3]});
         }},
        {"keys of all batches",
         {q, one, v},
         [](const auto& in) { return scaled_dot_product_attention(in[0], in[1], in[2]); }}},
       {{"width",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({2, 4}), zeros({2, 3}));
         },
         "[scaled_dot_product_attention] queries (2, 3) and keys (2, 4) differ in the last axis; "
         "it "
         "must be equal"},
        {"keys",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({2, 3}), zeros({4, 3}));
         },
         "[scaled_dot_product_attention] keys (2, 3) and values (4, 3) differ in the last axis but "
         "one; it must be equal"},
        {"rank",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({3}), zeros({4, 3}));
         },
         "[scaled_dot_product_attention] q, k and v have shapes (2, 3), (3,) and (4, 3); each "
         "needs "
         "two axes or more"},
        {"mask",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({4, 3}), zeros({4, 3}),
                                        {.mask = zeros({3, 4}, DType::boolean)});
         },
         "[scaled_dot_product_attention] the mask has shape (3, 4); its last axes must broadcast "
         "to "
         "(2, 4), queries and keys"},
        {"batch of the mask",
         [] {
           const Tensor x = zeros({3, 2, 4});
           scaled_dot_product_attention(x, x, x, {.mask = zeros({2, 2, 2})});
         },
         "[scaled_dot_product_attention] the mask has shape (2, 2, 2); its axes before the last "
         "two must "
         "broadcast with those of q, k and v, (3,)"},
        {"integers",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({4, 3}), zeros({4, 3}),
                                        {.mask = zeros({2, 4}, DType::i64)});
         },
         "[scaled_dot_product_attention] the mask is i64; it must be boolean, or floating to be "
         "added to the scores"},
        {"scale",
         [] {
           scaled_dot_product_attention(zeros({2, 3}), zeros({4, 3}), zeros({4, 3}),
                                        {.scale = 1 / 0.0});
         },
         "[scaled_dot_product_attention] scale is inf; it must be finite"},
        {"dtype",
         [] {
           const Tensor x = zeros({2, 3}, DType::i64);
           scaled_dot_product_attention(x, x, x);
         },
         "[scaled_dot_product_attention] q, k and v are i64; they must be f32 or f64: convert with "
         ".to()"}}},
  };
}

}  // namespace tapestry::detail
