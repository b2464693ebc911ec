#include "tests/golden/table.h"

namespace tapestry::golden {
namespace {

int axis(const Attributes& with) { return with.value("axis", -1); }

template <class Pair>
Results both(const Pair& pair) {
  return {pair.values, pair.indices};
}

}  // namespace

Table scan_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"cumsum", [](X x, With with) -> Results { return cumsum(x[0], axis(with)); }},
      {"cumprod", [](X x, With with) -> Results { return cumprod(x[0], axis(with)); }},
      {"logcumsumexp", [](X x, With with) -> Results { return logcumsumexp(x[0], axis(with)); }},
      {"cummax", [](X x, With with) { return both(cummax(x[0], axis(with))); }},
      {"cummin", [](X x, With with) { return both(cummin(x[0], axis(with))); }},
      {"linear_recurrence",
       [](X x, With with) -> Results { return linear_recurrence(x[0], x[1], axis(with)); }},
      {"sort",
       [](X x, With with) {
         return both(sort(x[0], axis(with), with.value("descending", false)));
       }},
      {"argsort",
       [](X x, With with) -> Results {
         return argsort(x[0], axis(with), with.value("descending", false));
       }},
      {"topk",
       [](X x, With with) {
         return both(topk(x[0], with.at("k"), axis(with), with.value("largest", true)));
       }},
  };
}

}  // namespace tapestry::golden
