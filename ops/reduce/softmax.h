// Normalised exponentials along an axis, computed from differences to the largest element, so that
// nothing overflows. f32 and f64 only; any strides; differentiable to any order.
//
// Elements of -inf count as absent: softmax is 0 there. Where all are -inf, logsumexp is -inf with
// derivative 0, and softmax and log_softmax are NaN, as they are in the presence of NaN. An element
// of +inf takes all: softmax is 1 there and 0 elsewhere, but of several such NaN at each.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/reduce/reduce.h"

namespace tapestry {

struct AlongOptions {
  int axis = -1;
};

Tensor softmax(const Tensor& x, int axis = -1, detail::Site site = {});
Tensor log_softmax(const Tensor& x, int axis = -1, detail::Site site = {});
inline Tensor softmax(const Tensor& x, const AlongOptions& options, detail::Site site = {}) {
  return softmax(x, options.axis, site);
}
inline Tensor log_softmax(const Tensor& x, const AlongOptions& options, detail::Site site = {}) {
  return log_softmax(x, options.axis, site);
}

// log(sum(exp(x))) over axes, by default all. Of nothing: -inf.
Tensor logsumexp(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

namespace detail {

// softmax, but 0 where all elements along the axis are -inf.
Tensor softmax_or_zeros(const Tensor& x, int axis);

}  // namespace detail

}  // namespace tapestry
