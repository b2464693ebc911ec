// A window that slides over the spatial axes of a tensor (N, C, spatial...). Position p of the
// result reads, with tap k, position p * stride + k * dilation - padding of the input.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// A number for each spatial axis; a single one stands for all, none for the default.
class PerAxis {
 public:
  PerAxis() = default;
  PerAxis(std::int64_t all) : values_{all} {}  // NOLINT: a number converts
  PerAxis(std::initializer_list<std::int64_t> values) : values_(values) {}

  bool empty() const { return values_.rank() == 0; }
  // One for each of `axes`. Error in the name of `who`, with `what` it is, when there are more or
  // fewer, or one is below `least`.
  Dims resolve(std::string_view who, std::string_view what, int axes, std::int64_t least) const;

 private:
  Dims values_;
};

inline constexpr int kSpatial = 3;  // axes as kernels see them; missing ones lead with extent 1

struct Windows {
  using Extents = std::array<std::int64_t, kSpatial>;
  Extents input{1, 1, 1}, kernel{1, 1, 1}, output{1, 1, 1};
  Extents stride{1, 1, 1}, padding{0, 0, 0}, dilation{1, 1, 1};

  // How far the kernel reaches along an axis, ends included.
  std::int64_t reach(int axis) const {
    const auto i = static_cast<std::size_t>(axis);
    return (kernel[i] - 1) * dilation[i] + 1;
  }
  std::int64_t taps() const { return volume(kernel); }
  static std::int64_t volume(const Extents& e) { return e[0] * e[1] * e[2]; }
  friend bool operator==(const Windows&, const Windows&) = default;
};

// Strides, paddings and dilations as a user gives them; extents stay 1.
Windows resolve_windows(std::string_view who, int axes, const PerAxis& stride,
                        const PerAxis& padding, const PerAxis& dilation);

// The last `axes` of these extents, as kernels see them, and back.
Windows::Extents spatial(const Dims& shape, int axes);
Shape with_spatial(std::int64_t batch, std::int64_t channels, const Windows::Extents& extents,
                   int axes);

// Sets the extents of the result, rounded down, or up when `ceil`: then the last window still
// starts within the input or the padding before it. Error when the kernel has no extent or reaches
// too far.
void fit_output(std::string_view who, int axes, bool ceil, Windows& windows);

// Sets the extents of the input for those of the output, and what is to be added to them. Error
// unless the result has elements.
void fit_input(std::string_view who, int axes, const PerAxis& output_padding, Windows& windows);

// The windows of a pooling of x, where no stride means the kernel. Error also when padding is more
// than half the kernel.
Windows pool_windows(std::string_view who, const Tensor& x, int axes, const PerAxis& kernel,
                     const PerAxis& stride, const PerAxis& padding, const PerAxis& dilation,
                     bool ceil);
// Those of a pooling whose result has the extents of y.
Windows unpool_windows(std::string_view who, const Tensor& y, int axes, const PerAxis& kernel,
                       const PerAxis& stride, const PerAxis& padding, const PerAxis& input);

// A batch of examples (B, N, C, ...) as one (B N, C, ...), and back.
Tensor merge_batch(const Tensor& x);
Tensor split_batch(const Tensor& x, std::int64_t size);

// Error unless x is f32 or f64 and has rank axes + 2.
void check_input(std::string_view who, const Tensor& x, int axes);

std::string spatial_text(const Windows::Extents& extents, int axes);  // "(3, 3)"
// Error when an axis has no elements.
void check_extents(std::string_view who, const Windows::Extents& extents, int axes);

// "kernel=(3, 3), stride=(2, 2)": what differs from the default.
std::string describe(const Windows& windows, int axes);

}  // namespace tapestry::detail
