#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/index.h"
#include "ops/layout/replace.h"
#include "ops/layout/select.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> replace_cases() {
  const Tensor x = sample_numbers({4, 3}), two = sample_numbers({4, 2}, 2);
  const Tensor some = from_vector(std::vector<std::int64_t>{2, -3}, {2});
  return {
      {"select_scatter",
       "x with one position of an axis replaced.",
       true,
       {{"column",
         {x, sample_numbers({4}, 2)},
         [](const auto& in) { return select_scatter(in[0], in[1], 1, -1); }}},
       {{"range", [] { select_scatter(zeros({3}), zeros({}), 0, 3); },
         "[select_scatter] position 3 of axis 0 is out of range for extent 3; it must lie in [-3, "
         "2]"},
        {"shape",
         [] {
           select_scatter(zeros({3, 2}), zeros({3}), 0, 0);
         },
         "[select_scatter] the source of shape (3,) does not broadcast to (2,)"}}},
      {"masked_scatter",
       "x with the places of a mask replaced, in row-major order.",
       true,
       {{"elements",
         {x, x > 0, sample_numbers({4, 3}, 2)},
         [](const auto& in) { return masked_scatter(in[0], in[1], in[2]); }}},
       {{"dtype", [] { masked_scatter(zeros({2}), zeros({2}), zeros({2})); },
         "[masked_scatter] the mask is f32; it must be boolean"},
        {"few", [] { masked_scatter(zeros({2}), ones({2}, DType::boolean), zeros({1})); },
         "[masked_scatter] the mask holds at 2 places, the source has 1 elements; it must have as "
         "many"}}},
      {"index_copy",
       "x with slices along an axis replaced, by a vector of indices.",
       true,
       {{"columns",
         {x, some, two},
         [](const auto& in) { return index_copy(in[0], 1, in[1], in[2]); }}},
       {{"shape",
         [] {
           index_copy(zeros({3, 2}), 0, zeros({2}, DType::i64), zeros({1, 2}));
         },
         "[index_copy] the source has shape (1, 2); for x (3, 2) and 2 indices along axis 0 it "
         "must "
         "be (2, 2)"}}},
      {"index_add",
       "x with slices added along an axis, by a vector of indices.",
       true,
       {{"columns",
         {x, some, two},
         [](const auto& in) { return index_add(in[0], 1, in[1], in[2]); }}},
       {{"rank",
         [] {
           index_add(zeros({2}), 0, zeros({1, 1}, DType::i64), zeros({1}));
         },
         "[index_add] the indices have shape (1, 1); they must be a vector"}}},
  };
}

}  // namespace tapestry::detail
