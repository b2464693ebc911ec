// A convolution is one form, linear in each of three tensors:
//   sum over n, g, o, c, p, k of output[n, g o, p] * weight[g o, c, k] * input[n, g c, at(p, k)].
// Its partial derivatives by the three are the convolution, its transpose in the input and its
// transpose in the weight; each is a product of the two other tensors, and so are all further
// derivatives.
#pragma once

#include "ops/conv/window.h"

namespace tapestry::detail {

enum class Role { input, weight, output };

struct ConvGeometry {
  int axes;                                     // spatial ones
  std::int64_t batch, groups, inputs, outputs;  // channels of a group
  Windows windows;

  std::int64_t input_size() const { return Windows::volume(windows.input); }
  std::int64_t output_size() const { return Windows::volume(windows.output); }
  // Multiplications for one element of the batch.
  std::int64_t work() const { return groups * inputs * outputs * windows.taps() * output_size(); }
  Shape shape(Role role) const;
  friend bool operator==(const ConvGeometry&, const ConvGeometry&) = default;
};

// The partial derivative of the form by `role`: the product of the two others. All three are
// row-major; that of `role` is written. The same bits for any number of threads. T is float or
// double.
template <class T>
struct ConvPlaces {
  const T *input, *weight, *output;
  T* result;
};
template <class T>
void conv_product(Role role, const ConvGeometry& geometry, const ConvPlaces<T>& places);

}  // namespace tapestry::detail
