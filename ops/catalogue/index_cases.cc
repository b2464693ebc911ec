#include "ops/catalogue/cases.h"

#include "engine/tensor/factory.h"
#include "ops/layout/index.h"

namespace tapestry::detail {

std::vector<OpInfo> index_cases() {
  const Tensor x = sample_numbers({4, 3});
  const Tensor some = from_vector(std::vector<std::int64_t>{2, 0, -2}, {3});
  const Tensor everywhere =
      from_vector(std::vector<std::int64_t>{0, 3, 1, 1, 1, 2, -1, 3, 0, 2, -4, 1}, {4, 3});
  const Tensor places = from_vector(std::vector<std::int64_t>{0, 3, 1, 1, 1, 2}, {2, 3});
  return {
      {"take",
       "Slices along an axis, chosen by indices.",
       true,
       {{"rows", {x, some}, [](const auto& in) { return take(in[0], in[1]); }},
        {"columns, twice", {x, some}, [](const auto& in) { return take(in[0], in[1], 1); }},
        {"two axes of indices", {x, places}, [](const auto& in) { return take(in[0], in[1], 0); }}},
       {{"range",
         [] {
           take(zeros({3, 2}), full({1}, 5, DType::i64));
         },
         "[take] index 5 is out of range for extent 3; it must lie in [-3, 2]"},
        {"dtype", [] { take(zeros({3}), zeros({1})); },
         "[take] the indices are f32; they must be i64"}}},
      {"gather",
       "One element along an axis for each index.",
       true,
       {{"axis 0", {x, places}, [](const auto& in) { return gather(in[0], 0, in[1]); }}},
       {{"shape",
         [] {
           gather(zeros({3, 2}), 0, zeros({1, 3}, DType::i64));
         },
         "[gather] index of shape (1, 3) does not fit x of shape (3, 2): the ranks must be equal, "
         "and no extent larger "
         "but on axis 0"}}},
      {"scatter_add",
       "Adds the source into x at the indices.",
       true,
       {{"axis 0",
         {x, places, sample_numbers({2, 3}, 2)},
         [](const auto& in) { return scatter_add(in[0], 0, in[1], in[2]); }},
        {"as many as x",
         {x, everywhere, sample_numbers({4, 3}, 3)},
         [](const auto& in) { return scatter_add(in[0], 0, in[1], in[2]); }}},
       {{"shape", [] { scatter_add(zeros({3}), 0, zeros({2}, DType::i64), zeros({3})); },
         "[scatter_add] the source has shape (3,), the index (2,); they must be equal"}}},
      {"one_hot",
       "1 at the label, 0 elsewhere, along a new last axis.",
       false,
       {{"labels", {places}, [](const auto& in) { return one_hot(in[0], 4); }}},
       {{"range", [] { one_hot(full({2}, 10, DType::i64), 10); },
         "[one_hot] index 10 is out of range for extent 10; indices start at 0 and stay below "
         "it"}}},
  };
}

}  // namespace tapestry::detail
