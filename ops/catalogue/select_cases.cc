#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/index.h"
#include "ops/layout/select.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> select_cases() {
  const Tensor x = sample_numbers({4, 3});
  const Tensor places = from_vector(std::vector<std::int64_t>{0, 3, 1, 1, 1, 2}, {2, 3});
  const Tensor twice = from_vector(std::vector<std::int64_t>{1, 0, 2, 1, 0, 3}, {2, 3});
  const Tensor row = from_vector(std::vector<std::int64_t>{2, 0}, {1, 2});
  const auto put = [](const auto& in) { return scatter(in[0], 0, in[1], in[2]); };
  return {
      {"take_along_axis",
       "One element along an axis for each index; the other axes broadcast.",
       true,
       {{"as gather", {x, places}, [](const auto& in) { return take_along_axis(in[0], in[1], 0); }},
        {"one row", {x, row}, [](const auto& in) { return take_along_axis(in[0], in[1], -1); }}},
       {{"rank",
         [] {
           take_along_axis(zeros({2, 3}), zeros({1}, DType::i64), 0);
         },
         "[take_along_axis] indices of shape (1,) for x of shape (2, 3); the ranks must be "
         "equal"}}},
      {"index_select",
       "Slices along an axis, chosen by a vector of indices.",
       true,
       {{"columns",
         {x, from_vector(std::vector<std::int64_t>{2, 0, -1}, {3})},
         [](const auto& in) { return index_select(in[0], 1, in[1]); }}},
       {{"rank",
         [] {
           index_select(zeros({2}), 0, zeros({1, 1}, DType::i64));
         },
         "[index_select] the indices have shape (1, 1); they must be a vector"}}},
      {"scatter",
       "Puts the source into x at the indices; the last one put in a place stays.",
       true,
       {{"apart", {x, places, sample_numbers({2, 3}, 2)}, put},
        {"one over another", {x, twice, sample_numbers({2, 3}, 3)}, put},
        {"a number", {x, places}, [](const auto& in) { return scatter(in[0], 0, in[1], 2); }}},
       {{"shape", [] { scatter(zeros({3}), 0, zeros({2}, DType::i64), zeros({3})); },
         "[scatter] the source has shape (3,), the index (2,); they must be equal"},
        {"range", [] { scatter(zeros({3}), 0, full({1}, 3, DType::i64), 1); },
         "[scatter] index 3 is out of range for extent 3; it must lie in [-3, 2]"}}},
      {"masked_fill",
       "A number where the mask holds, else x.",
       true,
       {{"mask", {x, x > 0}, [](const auto& in) { return masked_fill(in[0], in[1], -1); }},
        {"stretched",
         {x, slice(x, 1, 0, 1) > 0},
         [](const auto& in) { return masked_fill(in[0], in[1], 0.5); }}},
       {{"mask", [] { masked_fill(zeros({2}), zeros({2}), 0); },
         "[masked_fill] the mask is f32; it must be boolean"},
        {"shape",
         [] {
           masked_fill(zeros({2}), zeros({2, 2}, DType::boolean), 0);
         },
         "[masked_fill] the mask of shape (2, 2) does not broadcast to x of shape (2,)"},
        {"value", [] { masked_fill(zeros({2}, DType::i64), zeros({2}, DType::boolean), 0.5); },
         "[masked_fill] the value 0.5 is not i64 as x is; convert x with .to()"}}},
  };
}

}  // namespace tapestry::detail
