#include "tests/golden/table.h"

namespace tapestry::golden {

Table index_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"take", [](X x, With with) -> Results { return take(x[0], x[1], with.value("axis", 0)); }},
      {"index_select",
       [](X x, With with) -> Results { return index_select(x[0], with.at("axis"), x[1]); }},
      {"gather", [](X x, With with) -> Results { return gather(x[0], with.at("axis"), x[1]); }},
      {"take_along_axis",
       [](X x, With with) -> Results { return take_along_axis(x[0], x[1], with.at("axis")); }},
      {"scatter",
       [](X x, With with) -> Results { return scatter(x[0], with.at("axis"), x[1], x[2]); }},
      {"scatter_value",
       [](X x, With with) -> Results {
         return scatter(x[0], with.at("axis"), x[1], with.at("value").get<double>());
       }},
      {"scatter_add",
       [](X x, With with) -> Results { return scatter_add(x[0], with.at("axis"), x[1], x[2]); }},
      {"one_hot",
       [](X x, With with) -> Results { return one_hot(x[0], with.at("classes"), DType::i64); }},
      {"masked_fill",
       [](X x, With with) -> Results { return masked_fill(x[0], x[1], with.at("value")); }},
      {"where", [](X x, With) -> Results { return where(x[0], x[1], x[2]); }},
      {"clamp",
       [](X x, With with) -> Results { return clamp(x[0], with.at("low").get<double>(), with.at("high").get<double>()); }},
      {"nonzero", [](X x, With) -> Results { return nonzero(x[0]); }},
      {"searchsorted",
       [](X x, With with) -> Results {
         return searchsorted(x[0], x[1], {.right = with.value("right", false)});
       }},
  };
}

}  // namespace tapestry::golden
