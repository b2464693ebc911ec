#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/reduce/softmax.h"
#include "ops/reduce/softmax_rows.h"

namespace tapestry::detail {

std::vector<OpInfo> softmax_cases() {
  const Tensor x = sample_numbers({3, 4, 5});
  return {
      {"softmax",
       "exp(x) over its sum along an axis.",
       true,
       {{"last", {x}, [](const auto& in) { return softmax(in[0]); }},
        {"first", {x}, [](const auto& in) { return softmax(in[0], 0); }}},
       {{"dtype", [] { softmax(zeros({2}, DType::i64)); },
         "[softmax] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"log_softmax",
       "x - logsumexp(x) along an axis.",
       true,
       {{"last", {x}, [](const auto& in) { return log_softmax(in[0]); }},
        {"middle", {x}, [](const auto& in) { return log_softmax(in[0], 1); }}},
       {{"range", [] { log_softmax(zeros({2}), 1); },
         "[log_softmax] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
      {"logsumexp",
       "log(sum(exp(x))) over axes.",
       true,
       {{"all", {x}, [](const auto& in) { return logsumexp(in[0]); }},
        {"first, kept",
         {x},
         [](const auto& in) { return logsumexp(in[0], {.axis = 0, .keepdims = true}); }},
        {"outer two",
         {x},
         [](const auto& in) {
           return logsumexp(in[0], {.axis = {0, 2}});
         }}},
       {{"dtype", [] { logsumexp(zeros({2}, DType::i64)); },
         "[logsumexp] x is i64; it must be f32 or f64: convert with .to()"}}},
  };
}

}  // namespace tapestry::detail
