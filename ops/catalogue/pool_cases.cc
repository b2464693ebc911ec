#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/conv/pool.h"

namespace tapestry::detail {
namespace {

Tensor indices(const std::vector<std::int64_t>& places, const Shape& shape) {
  return from_vector(places, shape);
}

std::vector<OpInfo> pooling_cases() {
  return {
      {"max_pool1d",
       "The largest element of each window; one spatial axis.",
       true,
       {{"", {sample_numbers({2, 2, 6})}, [](const auto& in) { return max_pool1d(in[0], 2); }},
        {"padding, dilation",
         {sample_numbers({1, 2, 7})},
         [](const auto& in) {
           return max_pool1d(in[0], 3, {.stride = 2, .padding = 1, .dilation = 2});
         }}},
       {{"rank",
         [] {
           max_pool1d(zeros({3, 4}), 2);
         },
         "[max_pool1d] the input has shape (3, 4); it must have 3 axes: (N, C, L)"}}},
      {"max_pool2d",
       "The largest element of each window; two spatial axes.",
       true,
       {{"", {sample_numbers({2, 1, 4, 4})}, [](const auto& in) { return max_pool2d(in[0], 2); }},
        {"overlapping, padded",
         {sample_numbers({1, 2, 4, 3})},
         [](const auto& in) { return max_pool2d(in[0], 3, {.stride = 1, .padding = 1}); }},
        {"rounded up",
         {sample_numbers({1, 1, 5, 4})},
         [](const auto& in) {
           return max_pool2d(in[0], {2, 3}, {.stride = {2, 2}, .ceil_mode = true});
         }}},
       {{"reach",
         [] {
           max_pool2d(zeros({1, 1, 2, 3}), 3);
         },
         "[max_pool2d] the kernel reaches over 3 on axis 2, the padded input has 2; it must fit "
         "in"},
        {"padding",
         [] {
           max_pool2d(zeros({1, 1, 4, 4}), 2, {.padding = 2});
         },
         "[max_pool2d] the padding is 2 on axis 2, the kernel 2; it must be at most half of that"},
        {"only padding",
         [] {
           max_pool2d(zeros({1, 1, 2, 2}), {1, 2}, {.padding = {0, 1}, .dilation = 3});
         },
         "[max_pool2d] window 0 on axis 3 holds padding only; it must hold an element"},
        {"dtype",
         [] {
           max_pool2d(zeros({1, 1, 4, 4}, DType::i64), 2);
         },
         "[max_pool2d] the input is i64; it must be f32 or f64: convert with .to()"},
        {"kernel",
         [] {
           max_pool2d(zeros({1, 1, 4, 4}), {2, 0});
         },
         "[max_pool2d] the kernel is 0; it must be at least 1"}}},
      {"max_pool3d",
       "The largest element of each window; three spatial axes.",
       true,
       {{"",
         {sample_numbers({1, 2, 2, 3, 4})},
         [](const auto& in) {
           return max_pool3d(in[0], {2, 2, 3}, {.stride = 1, .padding = {1, 0, 1}});
         }}},
       {{"no elements",
         [] {
           max_pool3d(zeros({1, 1, 2, 0, 2}), 1);
         },
         "[max_pool3d] axis 3 has 0 elements; it must have at least 1"}}},
  };
}

std::vector<OpInfo> unpool_cases() {
  return {
      {"max_unpool1d",
       "Zeros with the values at the places that max_pool1d found.",
       true,
       {{"",
         {sample_numbers({1, 2, 3}), indices({1, 2, 5, 0, 3, 4}, {1, 2, 3})},
         [](const auto& in) { return max_unpool1d(in[0], in[1], 2); }}},
       {{"shape",
         [] {
           max_unpool1d(zeros({1, 1, 2}), zeros({1, 1, 3}, DType::i64), 2);
         },
         "[max_unpool1d] the values have shape (1, 1, 2), the indices (1, 1, 3); they must be "
         "equal"}}},
      {"max_unpool2d",
       "Zeros with the values at the places that max_pool2d found.",
       true,
       {{"",
         {sample_numbers({1, 1, 2, 2}), indices({5, 2, 8, 15}, {1, 1, 2, 2})},
         [](const auto& in) { return max_unpool2d(in[0], in[1], 2); }},
        {"meeting, in a given size",
         {sample_numbers({1, 1, 2, 2}), indices({4, 4, 4, 14}, {1, 1, 2, 2})},
         [](const auto& in) {
           return max_unpool2d(in[0], in[1], 2, {.stride = 1, .output_size = {3, 5}});
         }}},
       {{"range",
         [] {
           max_unpool2d(zeros({1, 1, 1, 1}), full({1, 1, 1, 1}, 4, DType::i64), 2);
         },
         "[max_unpool2d] index 4 is out of range; the result has 4 elements in each channel"},
        {"dtype",
         [] {
           max_unpool2d(zeros({1, 1, 1, 1}), zeros({1, 1, 1, 1}), 2);
         },
         "[max_unpool2d] the indices are f32; they must be i64"}}},
      {"max_unpool3d",
       "Zeros with the values at the places that max_pool3d found.",
       true,
       {{"",
         {sample_numbers({1, 2, 1, 1, 2}), indices({15, 2, 0, 7}, {1, 2, 1, 1, 2})},
         [](const auto& in) { return max_unpool3d(in[0], in[1], 2); }}},
       {{"nothing left",
         [] {
           max_unpool3d(zeros({1, 1, 0, 1, 1}), zeros({1, 1, 0, 1, 1}, DType::i64), 2);
         },
         "[max_unpool3d] the result would have 0 elements on axis 2, of an input that has 0; both "
         "must be at least 1"}}},
  };
}

}  // namespace

std::vector<OpInfo> pool_cases() {
  std::vector<OpInfo> ops = pooling_cases();
  for (OpInfo& op : unpool_cases()) ops.push_back(std::move(op));
  return ops;
}

}  // namespace tapestry::detail
