#include "ops/conv/convolve.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/conv/products.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

// The product that makes the tensor of role R, of the tensors of the two other roles. Its vjp in
// one of them is again such a product: of the adjoint, in the role R, and of the other.
constexpr Role kOperands[3][2] = {{Role::output, Role::weight},  // the transpose
                                  {Role::input, Role::output},   // the gradient in the weight
                                  {Role::input, Role::weight}};  // the convolution
constexpr std::string_view kNames[3][3] = {
    {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"},
    {"conv1d_weight", "conv2d_weight", "conv3d_weight"},
    {"conv1d", "conv2d", "conv3d"}};

constexpr std::size_t at(Role role) { return static_cast<std::size_t>(role); }

template <Role R, int Axes>
struct Product {
  static constexpr std::string_view name = kNames[at(R)][Axes - 1];
  static constexpr int arity = 2;
  static constexpr bool bilinear = true;
  using Attributes = ConvGeometry;
  static constexpr Role operand(int slot) { return kOperands[at(R)][slot]; }
  static constexpr SaveMask saves(int slot) { return save_input(1 - slot); }

  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor operands[] = {in[0].contiguous(), in[1].contiguous()};
    Tensor result = Tensor::uninitialized(a.shape(R), in[0].dtype());
    visit_floating(result.dtype(), [&]<class T>(std::type_identity<T>) {
      const T* data[3]{};
      for (int slot : {0, 1}) data[at(operand(slot))] = operands[slot].template data<T>();
      conv_product<T>(R, a, {data[0], data[1], data[2], result.mutable_data<T>()});
    });
    return result;
  }

  static double flops(Inputs, const Attributes& a, std::span<const Tensor>) {
    return 2.0 * static_cast<double>(a.batch) * static_cast<double>(a.work());
  }
  static void vjp(Pullback& p) {
    give<0>(p);
    give<1>(p);
  }

  // Examples with one weight are a larger batch. Otherwise they are groups: each example's channels
  // meet its weight alone.
  static void batch(Batching& b) {
    ConvGeometry g = b.attributes<Attributes>();
    const int weight = operand(0) == Role::weight ? 0 : operand(1) == Role::weight ? 1 : -1;
    if (weight >= 0 && !b.is_batched(weight)) {
      g.batch *= b.size();
      const Tensor x = merge_batch(b.operand(1 - weight));
      return b.give({split_batch(weight == 0 ? apply<Product>({&b.operand(0), &x}, g)
                                             : apply<Product>({&x, &b.operand(1)}, g),
                                 b.size())});
    }
    g.groups *= b.size();
    const Tensor first = as_groups(b, 0), second = as_groups(b, 1);
    const Tensor y = apply<Product>({&first, &second}, g);
    if (R == Role::weight) return b.give({split_batch(y, b.size())});
    Shape shape = b.attributes<Attributes>().shape(R);
    shape.insert(1, b.size());
    b.give({transpose(reshape(y, shape), 0, 1)});
  }
  static std::string describe(const Attributes& a) {
    return tapestry::detail::describe(a.windows, Axes) +
           (a.groups == 1 ? "" : fmt::format(", groups={}", a.groups));
  }

 private:
  // (N, B C, ...), or the weights (B O, ...).
  static Tensor as_groups(const Batching& b, int slot) {
    const Tensor x = b.expanded(slot);
    if (operand(slot) == Role::weight) return merge_batch(x);
    Shape shape = x.shape();
    shape.erase(0);
    shape[1] *= b.size();
    return reshape(transpose(x, 0, 1), shape);
  }

  template <int Slot>
  static void give(Pullback& p) {
    if (!p.wants(Slot)) return;
    using Derivative = Product<operand(Slot), Axes>;
    const Tensor &g = p.cotangent(), &other = p.input(1 - Slot);
    const bool adjoint_first = Derivative::operand(0) == R;
    p.give(Slot, apply<Derivative>({adjoint_first ? &g : &other, adjoint_first ? &other : &g},
                                   p.attributes<Attributes>()));
  }
};

void check_weight(std::string_view who, const Tensor& weight, int axes, std::int64_t groups) {
  constexpr std::string_view kKernel[] = {"K", "KH, KW", "KD, KH, KW"};
  const bool transposed = who.starts_with("conv_transpose");
  require_floating(who, weight, "the weight");
  if (weight.rank() != axes + 2)
    refuse(who, "the weight has shape {}; it must have {} axes: ({}, {})", weight.shape(), axes + 2,
           transposed ? "C, O / groups" : "O, C / groups", kKernel[axes - 1]);
  if (groups < 1) refuse(who, "the number of groups is {}; it must be at least 1", groups);
  if (weight.shape()[0] % groups != 0)
    refuse(who, "the weight's first extent {} does not divide into {} groups; it must",
           weight.shape()[0], groups);
}

Tensor add_bias(std::string_view who, const Tensor& y, const Tensor& bias, int axes) {
  if (!bias.defined()) return y;
  require_floating(who, bias, "the bias");
  return y + reshape(bias, with_spatial(1, bias.shape()[0], {1, 1, 1}, axes));
}

void check_bias(std::string_view who, const Tensor& bias, std::int64_t channels) {
  if (bias.defined() && bias.shape() != Shape{channels})
    refuse(who, "the bias has shape {}, the result {} channels; the bias must have shape {}",
           bias.shape(), channels, Shape{channels});
}

template <int Axes>
Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias,
                const ConvOptions& options) {
  using Op = Product<Role::output, Axes>;
  constexpr std::string_view kWho = Op::name;
  const std::int64_t groups = options.groups;
  check_input(kWho, x, Axes);
  check_weight(kWho, weight, Axes, groups);
  if (x.shape()[1] != weight.shape()[1] * groups)
    refuse(kWho, "the input has {} channels, the weight takes {} x {} groups; they must be equal",
           x.shape()[1], weight.shape()[1], groups);
  check_bias(kWho, bias, weight.shape()[0]);
  ConvGeometry g{Axes,
                 x.shape()[0],
                 groups,
                 weight.shape()[1],
                 weight.shape()[0] / groups,
                 resolve_windows(kWho, Axes, options.stride, options.padding, options.dilation)};
  g.windows.input = spatial(x.shape(), Axes);
  g.windows.kernel = spatial(weight.shape(), Axes);
  fit_output(kWho, Axes, false, g.windows);
  const DType dtype = promote(x.dtype(), weight.dtype());
  const Tensor left = x.to(dtype), right = weight.to(dtype);
  return add_bias(kWho, apply<Op>({&left, &right}, g), bias, Axes);
}

template <int Axes>
Tensor convolve_transposed(const Tensor& x, const Tensor& weight, const Tensor& bias,
                           const ConvTransposeOptions& options) {
  using Op = Product<Role::input, Axes>;
  constexpr std::string_view kWho = Op::name;
  const std::int64_t groups = options.groups;
  check_input(kWho, x, Axes);
  check_weight(kWho, weight, Axes, groups);
  if (x.shape()[1] != weight.shape()[0])
    refuse(kWho, "the input has {} channels, the weight takes {}; they must be equal", x.shape()[1],
           weight.shape()[0]);
  check_bias(kWho, bias, weight.shape()[1] * groups);
  ConvGeometry g{Axes,
                 x.shape()[0],
                 groups,
                 weight.shape()[1],
                 weight.shape()[0] / groups,
                 resolve_windows(kWho, Axes, options.stride, options.padding, options.dilation)};
  g.windows.output = spatial(x.shape(), Axes);
  g.windows.kernel = spatial(weight.shape(), Axes);
  fit_input(kWho, Axes, options.output_padding, g.windows);
  const DType dtype = promote(x.dtype(), weight.dtype());
  const Tensor left = x.to(dtype), right = weight.to(dtype);
  return add_bias(kWho, apply<Op>({&left, &right}, g), bias, Axes);
}

}  // namespace

Tensor conv1d(const Tensor& x, const Tensor& weight, const ConvOptions& options, Site site) {
  const CallSite call(site);
  return convolve<1>(x, weight, {}, options);
}
Tensor conv2d(const Tensor& x, const Tensor& weight, const ConvOptions& options, Site site) {
  const CallSite call(site);
  return convolve<2>(x, weight, {}, options);
}
Tensor conv3d(const Tensor& x, const Tensor& weight, const ConvOptions& options, Site site) {
  const CallSite call(site);
  return convolve<3>(x, weight, {}, options);
}
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options,
              Site site) {
  const CallSite call(site);
  return convolve<1>(x, weight, bias, options);
}
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options,
              Site site) {
  const CallSite call(site);
  return convolve<2>(x, weight, bias, options);
}
Tensor conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options,
              Site site) {
  const CallSite call(site);
  return convolve<3>(x, weight, bias, options);
}

Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options,
                        Site site) {
  const CallSite call(site);
  return convolve_transposed<1>(x, weight, {}, options);
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options,
                        Site site) {
  const CallSite call(site);
  return convolve_transposed<2>(x, weight, {}, options);
}
Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options,
                        Site site) {
  const CallSite call(site);
  return convolve_transposed<3>(x, weight, {}, options);
}
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options, Site site) {
  const CallSite call(site);
  return convolve_transposed<1>(x, weight, bias, options);
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options, Site site) {
  const CallSite call(site);
  return convolve_transposed<2>(x, weight, bias, options);
}
Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options, Site site) {
  const CallSite call(site);
  return convolve_transposed<3>(x, weight, bias, options);
}

}  // namespace tapestry
