#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/conv/convolve.h"

namespace tapestry::detail {
namespace {

// How samples are called: with a bias where there are three inputs.
template <class Options>
struct Convolution {
  Tensor (*plain)(const Tensor&, const Tensor&, const Options&, Site);
  Tensor (*biased)(const Tensor&, const Tensor&, const Tensor&, const Options&, Site);

  Sample sample(std::string label, const std::vector<Shape>& shapes,
                const Options& options = {}) const {
    std::vector<Tensor> inputs;
    inputs.reserve(shapes.size());
    for (const Shape& shape : shapes) inputs.push_back(sample_numbers(shape, inputs.size() + 3));
    return {std::move(label), inputs, [*this, options](const auto& in) {
              return in.size() == 3 ? biased(in[0], in[1], in[2], options, {})
                                    : plain(in[0], in[1], options, {});
            }};
  }
};

std::vector<OpInfo> plain_cases() {
  const Convolution<ConvOptions> one{conv1d, conv1d}, two{conv2d, conv2d}, three{conv3d, conv3d};
  return {
      {"conv1d",
       "The weight's products with windows of the input, summed; one spatial axis.",
       true,
       {one.sample("bias", {{2, 2, 5}, {3, 2, 2}, {3}}),
        one.sample("stride, padding, dilation, groups", {{2, 4, 7}, {2, 2, 3}},
                   {.stride = 2, .padding = 2, .dilation = 2, .groups = 2})},
       {{"rank",
         [] {
           conv1d(zeros({3, 4}), zeros({3, 4, 1}));
         },
         "[conv1d] the input has shape (3, 4); it must have 3 axes: (N, C, L)"}}},
      {"conv2d",
       "The weight's products with windows of the input, summed; two spatial axes.",
       true,
       {two.sample("", {{1, 2, 3, 4}, {2, 2, 2, 3}}),
        two.sample("bias", {{2, 1, 3, 3}, {2, 1, 2, 2}, {2}}),
        two.sample("stride", {{1, 1, 5, 4}, {1, 1, 2, 2}}, {.stride = {3, 2}}),
        two.sample("padding", {{1, 2, 2, 3}, {1, 2, 3, 2}}, {.padding = {2, 1}}),
        two.sample("dilation", {{1, 1, 4, 5}, {2, 1, 2, 2}}, {.dilation = {2, 3}}),
        two.sample("groups", {{1, 4, 3, 2}, {4, 2, 2, 2}}, {.groups = 2}),
        two.sample("each channel alone", {{1, 3, 3, 3}, {3, 1, 3, 3}},
                   {.padding = 1, .groups = 3})},
       {{"channels",
         [] {
           conv2d(zeros({1, 3, 5, 5}), zeros({2, 4, 3, 3}));
         },
         "[conv2d] the input has 3 channels, the weight takes 4 x 1 groups; they must be equal"},
        {"weight",
         [] {
           conv2d(zeros({1, 3, 5, 5}), zeros({2, 3, 3}));
         },
         "[conv2d] the weight has shape (2, 3, 3); it must have 4 axes: (O, C / groups, KH, KW)"},
        {"groups",
         [] {
           conv2d(zeros({1, 4, 5, 5}), zeros({3, 2, 3, 3}), {.groups = 2});
         },
         "[conv2d] the weight's first extent 3 does not divide into 2 groups; it must"},
        {"reach",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({1, 1, 3, 3}), {.dilation = {3, 1}});
         },
         "[conv2d] the kernel reaches over 7 on axis 2, the padded input has 4; it must fit in"},
        {"kernel",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({1, 1, 0, 3}));
         },
         "[conv2d] the kernel has extent 0 on axis 2; it must be at least 1"},
        {"bias",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({2, 1, 3, 3}), zeros({3}));
         },
         "[conv2d] the bias has shape (3,), the result 2 channels; the bias must have shape (2,)"},
        {"stride",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({1, 1, 3, 3}), {.stride = 0});
         },
         "[conv2d] the stride is 0; it must be at least 1"},
        {"padding",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({1, 1, 3, 3}), {.padding = {1, 1, 1}});
         },
         "[conv2d] the padding has 3 numbers; it takes one, or one for each of the 2 spatial "
         "axes"},
        {"no groups",
         [] {
           conv2d(zeros({1, 1, 4, 5}), zeros({1, 1, 3, 3}), {.groups = 0});
         },
         "[conv2d] the number of groups is 0; it must be at least 1"},
        {"dtype",
         [] {
           conv2d(zeros({1, 1, 4, 5}, DType::i64), zeros({1, 1, 3, 3}));
         },
         "[conv2d] the input is i64; it must be f32 or f64: convert with .to()"}}},
      {"conv3d",
       "The weight's products with windows of the input, summed; three spatial axes.",
       true,
       {three.sample("bias", {{1, 2, 2, 3, 2}, {1, 2, 2, 2, 2}, {1}}),
        three.sample("all options", {{1, 2, 3, 2, 2}, {2, 1, 2, 1, 2}},
                     {.stride = {2, 1, 2}, .padding = {1, 0, 1}, .dilation = 2, .groups = 2})},
       {{"reach",
         [] {
           conv3d(zeros({1, 1, 2, 2, 2}), zeros({1, 1, 2, 2, 3}));
         },
         "[conv3d] the kernel reaches over 3 on axis 4, the padded input has 2; it must fit in"}}},
  };
}

std::vector<OpInfo> transpose_cases() {
  const Convolution<ConvTransposeOptions> one{conv_transpose1d, conv_transpose1d},
      two{conv_transpose2d, conv_transpose2d}, three{conv_transpose3d, conv_transpose3d};
  return {
      {"conv_transpose1d",
       "The transpose of conv1d in its input.",
       true,
       {one.sample("bias", {{2, 2, 3}, {2, 3, 2}, {3}}),
        one.sample("all options", {{1, 2, 4}, {2, 2, 3}},
                   {.stride = 2, .padding = 2, .dilation = 3, .output_padding = 2, .groups = 2})},
       {{"rank",
         [] {
           conv_transpose1d(zeros({3, 4}), zeros({3, 4, 1}));
         },
         "[conv_transpose1d] the input has shape (3, 4); it must have 3 axes: (N, C, L)"}}},
      {"conv_transpose2d",
       "The transpose of conv2d in its input.",
       true,
       {two.sample("", {{1, 2, 2, 2}, {2, 2, 2, 3}}),
        two.sample("bias", {{2, 1, 2, 2}, {1, 2, 2, 2}, {2}}),
        two.sample("stride, output padding", {{1, 1, 3, 2}, {1, 2, 2, 2}},
                   {.stride = {3, 2}, .output_padding = {2, 1}}),
        two.sample("padding", {{1, 2, 3, 3}, {2, 1, 3, 2}}, {.padding = {2, 1}}),
        two.sample("dilation, groups", {{1, 4, 2, 2}, {4, 2, 2, 2}},
                   {.dilation = {2, 3}, .groups = 2})},
       {{"channels",
         [] {
           conv_transpose2d(zeros({1, 3, 5, 5}), zeros({2, 4, 3, 3}));
         },
         "[conv_transpose2d] the input has 3 channels, the weight takes 2; they must be equal"},
        {"weight",
         [] {
           conv_transpose2d(zeros({1, 3, 5, 5}), zeros({2, 3, 3}));
         },
         "[conv_transpose2d] the weight has shape (2, 3, 3); it must have 4 axes: (C, O / groups, "
         "KH, KW)"},
        {"output padding",
         [] {
           conv_transpose2d(zeros({1, 1, 2, 2}), zeros({1, 1, 3, 3}),
                            {.stride = 2, .output_padding = 2});
         },
         "[conv_transpose2d] the output_padding is 2 on axis 2, the stride 2, the dilation 1; it "
         "must be less than one of them"},
        {"nothing left",
         [] {
           conv_transpose2d(zeros({1, 1, 2, 1}), zeros({1, 1, 3, 3}), {.padding = {1, 2}});
         },
         "[conv_transpose2d] the result would have -1 elements on axis 3, of an input that has 1; "
         "both must be at least 1"},
        {"bias",
         [] {
           conv_transpose2d(zeros({1, 2, 4, 5}), zeros({2, 1, 3, 3}), zeros({3}), {.groups = 2});
         },
         "[conv_transpose2d] the bias has shape (3,), the result 2 channels; the bias must have "
         "shape (2,)"}}},
      {"conv_transpose3d",
       "The transpose of conv3d in its input.",
       true,
       {three.sample("bias", {{1, 1, 2, 1, 2}, {1, 2, 2, 2, 2}, {2}}),
        three.sample("all options", {{1, 2, 2, 2, 1}, {2, 1, 2, 1, 2}},
                     {.stride = {2, 1, 2},
                      .padding = {1, 0, 1},
                      .dilation = 2,
                      .output_padding = {1, 1, 1},
                      .groups = 2})},
       {{"dtype",
         [] {
           conv_transpose3d(zeros({1, 1, 2, 2, 2}), zeros({1, 1, 2, 2, 2}, DType::i64));
         },
         "[conv_transpose3d] the weight is i64; it must be f32 or f64: convert with .to()"}}},
  };
}

}  // namespace

std::vector<OpInfo> convolve_cases() {
  std::vector<OpInfo> ops = plain_cases();
  for (OpInfo& op : transpose_cases()) ops.push_back(std::move(op));
  return ops;
}

}  // namespace tapestry::detail
