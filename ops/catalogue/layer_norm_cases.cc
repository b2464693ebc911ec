#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/reduce/layer_norm.h"

namespace tapestry::detail {

std::vector<OpInfo> layer_norm_cases() {
  const Tensor x = sample_numbers({3, 2, 5}), weight = sample_numbers({5}, 2),
               bias = sample_numbers({5}, 3);
  return {
      {"layer_norm",
       "(x - mean) / sqrt(variance + eps) * weight + bias, over the last axes.",
       true,
       {{"plain", {x}, [](const auto& in) { return layer_norm(in[0], {5}); }},
        {"two axes",
         {x},
         [](const auto& in) {
           return layer_norm(in[0], {2, 5});
         }},
        {"weight", {x, weight}, [](const auto& in) { return layer_norm(in[0], {5}, in[1]); }},
        {"weight, bias",
         {x, weight, bias},
         [](const auto& in) { return layer_norm(in[0], {5}, in[1], in[2], 0.1); }}},
       {{"shape",
         [] {
           layer_norm(zeros({2, 3}), {2});
         },
         "[layer_norm] x has shape (2, 3); its last axes must be those that are normalized, (2,)"},
        {"weight",
         [] {
           layer_norm(zeros({2, 3}), {3}, zeros({2}));
         },
         "[layer_norm] weight has shape (2,); it must be (3,), that of the normalized axes"},
        {"eps",
         [] {
           layer_norm(zeros({2, 3}), {3}, {}, {}, -1);
         },
         "[layer_norm] eps is -1; it must not be negative"},
        {"dtype", [] { layer_norm(zeros({2}, DType::i64), {2}); },
         "[layer_norm] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"rms_norm",
       "x / sqrt(mean of squares + eps) * weight, over the last axes.",
       true,
       {{"plain", {x}, [](const auto& in) { return rms_norm(in[0], {5}); }},
        {"weight", {x, weight}, [](const auto& in) { return rms_norm(in[0], {5}, in[1], 0.1); }}},
       {{"shape",
         [] {
           rms_norm(zeros({2, 3}), {2});
         },
         "[rms_norm] x has shape (2, 3); its last axes must be those that are normalized, (2,)"}}},
  };
}

}  // namespace tapestry::detail
