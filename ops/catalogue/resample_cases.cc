#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/conv/interpolate.h"
#include "ops/conv/pool.h"

namespace tapestry::detail {
namespace {

std::vector<OpInfo> avg_pool_cases() {
  return {
      {"avg_pool1d",
       "The mean of each window; one spatial axis.",
       true,
       {{"", {sample_numbers({2, 2, 6})}, [](const auto& in) { return avg_pool1d(in[0], 2); }}},
       {{"rank",
         [] {
           avg_pool1d(zeros({3, 4}), 2);
         },
         "[avg_pool1d] the input has shape (3, 4); it must have 3 axes: (N, C, L)"}}},
      {"avg_pool2d",
       "The mean of each window; two spatial axes.",
       true,
       {{"", {sample_numbers({1, 2, 4, 4})}, [](const auto& in) { return avg_pool2d(in[0], 2); }},
        {"gaps",
         {sample_numbers({1, 1, 4, 5})},
         [](const auto& in) {
           return avg_pool2d(in[0], 1, {.stride = {2, 3}});
         }},
        {"padding, rounded up",
         {sample_numbers({1, 1, 4, 5})},
         [](const auto& in) {
           return avg_pool2d(in[0], 3, {.stride = 2, .padding = 1, .ceil_mode = true});
         }},
        {"padding does not count",
         {sample_numbers({1, 1, 4, 5})},
         [](const auto& in) {
           return avg_pool2d(in[0], {3, 2},
                             {.stride = 2, .padding = 1, .count_include_pad = false});
         }}},
       {{"reach",
         [] {
           avg_pool2d(zeros({1, 1, 2, 3}), {2, 4});
         },
         "[avg_pool2d] the kernel reaches over 4 on axis 3, the padded input has 3; it must fit "
         "in"}}},
      {"avg_pool3d",
       "The mean of each window; three spatial axes.",
       true,
       {{"",
         {sample_numbers({1, 2, 2, 3, 4})},
         [](const auto& in) {
           return avg_pool3d(in[0], 2, {.stride = {1, 1, 2}, .padding = {0, 1, 0}});
         }}},
       {{"stride",
         [] {
           avg_pool3d(zeros({1, 1, 2, 2, 2}), 1, {.stride = {1, 1}});
         },
         "[avg_pool3d] the stride has 2 numbers; it takes one, or one for each of the 3 spatial "
         "axes"}}},
      {"adaptive_avg_pool1d",
       "The means of as many even windows as asked for; one spatial axis.",
       true,
       {{"",
         {sample_numbers({1, 2, 5})},
         [](const auto& in) { return adaptive_avg_pool1d(in[0], 3); }}},
       {{"size",
         [] {
           adaptive_avg_pool1d(zeros({1, 1, 2}), 0);
         },
         "[adaptive_avg_pool1d] the output_size is 0; it must be at least 1"}}},
      {"adaptive_avg_pool2d",
       "The means of as many even windows as asked for; two spatial axes.",
       true,
       {{"",
         {sample_numbers({1, 2, 3, 4})},
         [](const auto& in) {
           return adaptive_avg_pool2d(in[0], {2, 5});
         }}},
       {{"no elements",
         [] {
           adaptive_avg_pool2d(zeros({1, 1, 2, 0}), 1);
         },
         "[adaptive_avg_pool2d] axis 3 has 0 elements; it must have at least 1"}}},
      {"adaptive_avg_pool3d",
       "The means of as many even windows as asked for; three spatial axes.",
       true,
       {{"",
         {sample_numbers({1, 1, 3, 2, 4})},
         [](const auto& in) { return adaptive_avg_pool3d(in[0], 2); }}},
       {{"dtype",
         [] {
           adaptive_avg_pool3d(zeros({1, 1, 2, 2, 2}, DType::boolean), 1);
         },
         "[adaptive_avg_pool3d] the input is boolean; it must be f32 or f64: convert with "
         ".to()"}}},
  };
}

OpInfo interpolate_info() {
  const Tensor x = sample_numbers({1, 2, 3, 4});
  return {"interpolate",
          "The spatial axes in another size: the nearest elements, or linearly between them.",
          true,
          {{"nearest",
            {x},
            [](const auto& in) {
              return interpolate(in[0], {.size = {5, 3}});
            }},
           {"nearest, scaled",
            {sample_numbers({1, 2, 3})},
            [](const auto& in) { return interpolate(in[0], {.scale = 2}); }},
           {"linear",
            {sample_numbers({1, 1, 4})},
            [](const auto& in) {
              return interpolate(in[0], {.size = 6, .mode = Interpolation::linear});
            }},
           {"bilinear",
            {x},
            [](const auto& in) {
              return interpolate(in[0], {.scale = 1.5, .mode = Interpolation::bilinear});
            }},
           {"aligned corners",
            {x},
            [](const auto& in) {
              return interpolate(
                  in[0], {.size = {2, 7}, .mode = Interpolation::bilinear, .align_corners = true});
            }},
           {"trilinear",
            {sample_numbers({1, 1, 2, 3, 2})},
            [](const auto& in) {
              return interpolate(in[0], {.size = {3, 2, 3}, .mode = Interpolation::trilinear});
            }}},
          {{"rank",
            [] {
              interpolate(zeros({3, 4}), {.scale = 2});
            },
            "[interpolate] the input has shape (3, 4); it must have 3 axes: (N, C, L)"},
           {"both",
            [] {
              interpolate(zeros({1, 3, 4}), {.size = 4, .scale = 2});
            },
            "[interpolate] both size and scale are given; it takes one of them"},
           {"neither",
            [] {
              interpolate(zeros({1, 3, 4}), {});
            },
            "[interpolate] neither size nor scale is given; it takes one of them"},
           {"scale",
            [] {
              interpolate(zeros({1, 3, 4}), {.scale = -1});
            },
            "[interpolate] the scale is -1; it must be positive and finite"},
           {"corners",
            [] {
              interpolate(zeros({1, 3, 4}), {.scale = 2, .align_corners = true});
            },
            "[interpolate] align_corners says nothing of nearest; leave it out, or interpolate "
            "linearly"},
           {"nothing left",
            [] {
              interpolate(zeros({1, 3, 4}), {.scale = 0.1});
            },
            "[interpolate] axis 2 has 0 elements; it must have at least 1"}}};
}

}  // namespace

std::vector<OpInfo> resample_cases() {
  std::vector<OpInfo> ops = avg_pool_cases();
  ops.push_back(interpolate_info());
  return ops;
}

}  // namespace tapestry::detail
