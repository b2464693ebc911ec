#include "ops/layout/join.h"

#include <fmt/format.h>

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/layout/assign.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

struct Concat {
  static constexpr std::string_view name = "concat";
  static constexpr int arity = kVariadic;
  static constexpr bool linear = true;
  struct Attributes {
    int axis;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Shape shape = in[0].shape();
    for (std::size_t i = 1; i < in.size(); ++i) shape[a.axis] += in[i].shape()[a.axis];
    Tensor result = Tensor::uninitialized(shape, in[0].dtype());
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      assign(in[i], result, result.strides(), offset);
      offset += in[i].shape()[a.axis] * result.strides()[a.axis];
    }
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const int axis = p.attributes<Attributes>().axis;
    std::int64_t start = 0;
    for (int i = 0; i < p.operand_count(); ++i) {
      const std::int64_t stop = start + p.input_shape(i)[axis];
      if (p.wants(i)) p.give(i, slice(p.cotangent(), axis, start, stop));
      start = stop;
    }
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

// The extents of the parts are the second operand.
struct Split {
  static constexpr std::string_view name = "split";
  static constexpr int arity = 2;
  static constexpr bool linear = true;
  struct Attributes {
    int axis;
  };
  static void forward(Inputs in, const Attributes& a, std::span<Tensor> parts) {
    Shape shape = in[0].shape();
    const auto* sizes = in[1].data<std::int64_t>();
    std::int64_t start = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      shape[a.axis] = sizes[k];
      parts[k] = in[0].view(shape, in[0].strides(), start * in[0].strides()[a.axis]);
      start += sizes[k];
    }
  }
  static void batch(Batching& b) {
    const Attributes behind{b.attributes<Attributes>().axis + 1};
    b.execute({b.operand(0), b.operand(1)}, &behind);
  }
  static void vjp(Pullback& p) {
    std::vector<Tensor> parts;
    for (int k = 0; k < static_cast<int>(p.node().output_count); ++k) {
      const OutputType& type = p.output_type(k);
      parts.push_back(p.cotangent(k).defined() ? p.cotangent(k) : zeros(type.shape(), type.dtype));
    }
    p.give(0, concat(parts, p.attributes<Attributes>().axis));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

// The tensors in their common dtype.
std::vector<Tensor> promoted(std::string_view who, const std::vector<Tensor>& tensors) {
  if (tensors.empty()) refuse(who, "there are no tensors; at least one is needed");
  DType dtype = tensors[0].dtype();
  for (const Tensor& x : tensors) dtype = promote(dtype, x.dtype());
  std::vector<Tensor> result;
  result.reserve(tensors.size());
  for (const Tensor& x : tensors) result.push_back(x.to(dtype));
  return result;
}

}  // namespace

Tensor concat(const std::vector<Tensor>& tensors, int axis, Site site) {
  const CallSite call(site);
  const std::vector<Tensor> parts = promoted("concat", tensors);
  const Shape& first = parts[0].shape();
  axis = normalize_axis("concat", axis, first.rank());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Shape expected = parts[i].shape();
    if (expected.rank() == first.rank()) expected[axis] = first[axis];
    if (!(expected == first))
      refuse(
          "concat",
          "tensor {} has shape {}, tensor 0 has {}; all extents but that of axis {} must be equal",
          i, parts[i].shape(), first, axis);
  }
  return apply<Concat>(parts, {axis});
}

Tensor stack(const std::vector<Tensor>& tensors, int axis, Site site) {
  const CallSite call(site);
  std::vector<Tensor> parts = promoted("stack", tensors);
  const Shape first = parts[0].shape();
  axis = normalize_axis("stack", axis, first.rank() + 1);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!(parts[i].shape() == first))
      refuse("stack", "tensor {} has shape {}, tensor 0 has {}; all shapes must be equal", i,
             parts[i].shape(), first);
    parts[i] = unsqueeze(parts[i], axis);
  }
  return apply<Concat>(parts, {axis});
}

std::vector<Tensor> split(const Tensor& x, std::int64_t parts, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("split", axis, x.rank());
  const std::int64_t extent = x.shape()[axis];
  if (parts < 1 || extent % parts != 0)
    refuse("split", "axis {} of shape {} does not split into {} equal parts", axis, x.shape(),
           parts);
  if (parts > kMostParts)
    refuse("split", "{} parts are asked for; at most {} are made", parts, kMostParts);
  return split(x, std::vector<std::int64_t>(static_cast<std::size_t>(parts), extent / parts), axis);
}

std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes, int axis,
                          Site site) {
  const CallSite call(site);
  axis = normalize_axis("split", axis, x.rank());
  bool fits = !sizes.empty();
  std::int64_t rest = x.shape()[axis];
  for (std::int64_t size : sizes) {
    fits &= size >= 0 && size <= rest;
    if (fits) rest -= size;
  }
  if (!fits || rest != 0)
    refuse("split", "the sizes ({}) do not make up axis {} of shape {}", fmt::join(sizes, ", "),
           axis, x.shape());
  const Tensor extents = from_vector(sizes, {static_cast<std::int64_t>(sizes.size())});
  return apply_many<Split>({&x, &extents}, sizes.size(), {axis});
}

std::vector<Tensor> unstack(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("unstack", axis, x.rank());
  if (x.shape()[axis] == 0) return {};
  std::vector<Tensor> slices = split(x, x.shape()[axis], axis);
  for (Tensor& slice : slices) slice = squeeze(slice, axis);
  return slices;
}

}  // namespace tapestry
