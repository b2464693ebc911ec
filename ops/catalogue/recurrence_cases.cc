#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/view.h"
#include "ops/reduce/recurrence.h"
#include "ops/reduce/running.h"

namespace tapestry::detail {

std::vector<OpInfo> recurrence_cases() {
  const Tensor x = sample_numbers({3, 4}),
               zero_within = tensor({{2, 0, 3}, {0, 0.5, 0}}, DType::f64);
  return {
      {"linear_recurrence",
       "y[i] = a[i] y[i - 1] + b[i] along an axis.",
       true,
       {{"rows",
         {x, sample_numbers({3, 4}, 2)},
         [](const auto& in) { return linear_recurrence(in[0], in[1], 0); }},
        {"stretched",
         {sample_numbers({1, 4}, 3), x},
         [](const auto& in) { return linear_recurrence(in[0], in[1], -1); }}},
       {{"shapes", [] { linear_recurrence(zeros({2}), zeros({3}), 0); },
         "[linear_recurrence] shapes (2,) and (3,) do not broadcast: the 2 and the 3 must be "
         "equal, or one of them 1"}}},
      {"cumprod",
       "Running products along an axis.",
       true,
       {{"rows", {x}, [](const auto& in) { return cumprod(in[0], 0); }},
        {"columns", {x}, [](const auto& in) { return cumprod(in[0], -1); }},
        {"with zeros", {zero_within}, [](const auto& in) { return cumprod(in[0], 1); }}},
       {{"range", [] { cumprod(zeros({3}), 1); },
         "[cumprod] axis 1 is out of range for rank 1; it must lie in [-1, 0]"}}},
      {"logcumsumexp",
       "log(sum(exp)) of all elements up to each along an axis, without overflow.",
       true,
       {{"rows", {x}, [](const auto& in) { return logcumsumexp(in[0], 0); }},
        {"columns, far apart", {9 * x}, [](const auto& in) { return logcumsumexp(in[0], -1); }}},
       {{"dtype", [] { logcumsumexp(zeros({3}, DType::i64), 0); },
         "[logcumsumexp] x is i64; it must be f32 or f64: convert with .to()"}}},
  };
}

}  // namespace tapestry::detail
