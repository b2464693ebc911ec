#include "tests/golden/table.h"

namespace tapestry::golden {

Table product_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"matmul", [](X x, With) -> Results { return matmul(x[0], x[1]); }},
      {"dot", [](X x, With) -> Results { return dot(x[0], x[1]); }},
      {"outer", [](X x, With) -> Results { return outer(x[0], x[1]); }},
      {"bmm", [](X x, With) -> Results { return bmm(x[0], x[1]); }},
      {"addmm",
       [](X x, With with) -> Results {
         return addmm(x[0], x[1], x[2],
                      {.beta = with.value("beta", 1.0), .alpha = with.value("alpha", 1.0)});
       }},
      {"kron", [](X x, With) -> Results { return kron(x[0], x[1]); }},
      {"tensordot",
       [](X x, With with) -> Results { return tensordot(x[0], x[1], with.value("axes", 2)); }},
      {"tensordot_pairs",
       [](X x, With with) -> Results {
         return tensordot(x[0], x[1], with.at("of_a").get<std::vector<int>>(),
                          with.at("of_b").get<std::vector<int>>());
       }},
      {"scaled_dot_product_attention",
       [](X x, With with) -> Results {
         AttentionOptions options{.mask = operand(x, 3), .causal = with.value("causal", false)};
         if (with.contains("scale")) options.scale = with.at("scale").get<double>();
         return scaled_dot_product_attention(x[0], x[1], x[2], options);
       }},
      {"einsum",
       [](X x, With with) -> Results {
         return einsum(with.at("equation").get_ref<const std::string&>(), x);
       }},
  };
}

}  // namespace tapestry::golden
